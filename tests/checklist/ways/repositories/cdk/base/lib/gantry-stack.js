const { Stack } = require("aws-cdk-lib");
const lambda = require("aws-cdk-lib/aws-lambda");

class GantryStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    new lambda.Function(this, "Lift", {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: "index.handler",
      code: lambda.Code.fromAsset("lambda"),
    });
  }
}

module.exports = { GantryStack };
