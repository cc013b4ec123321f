using 'main.bicep'

param imageTag = '1.1.0'
