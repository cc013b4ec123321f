const pulumi = require("@pulumi/pulumi");
const awsx = require("@pulumi/awsx");

const tag = new pulumi.Config().require("imageTag");

new awsx.ecs.FargateService("ropewalk", {
  taskDefinitionArgs: {
    container: { name: "web", image: `ghcr.io/acme/ropewalk:${tag}`, portMappings: [{ containerPort: 3000 }] },
  },
});
