param imageTag string
param location string = resourceGroup().location

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'plinth'
  location: location
  sku: { name: 'P1v3' }
  kind: 'linux'
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: 'plinth'
  location: location
  properties: {
    serverFarmId: plan.id
    siteConfig: {
      linuxFxVersion: 'DOCKER|acme.azurecr.io/plinth:${imageTag}'
      healthCheckPath: '/healthz'
    }
  }
}
