using 'main.bicep'

param imageTag = '1.0.0'
