const { App } = require("aws-cdk-lib");
const { GantryStack } = require("../lib/gantry-stack");

const app = new App();
new GantryStack(app, "GantryStaging");
new GantryStack(app, "GantryProduction");
