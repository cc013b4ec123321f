"""AWS Lambda (docs.aws.amazon.com/cli/latest/reference/lambda): the code of one function."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class AwsLambda(Stack):
    """The pipeline's line says which function and which code; nothing else does."""

    way = "lambda"
    blanks = MappingProxyType({
        "FUNCTION": "the function, from `aws lambda list-functions`",
        "CODE.zip": "the archive of the version, as the build leaves it",
    })  # fmt: skip

    def words(self) -> tuple[str, ...]:
        name = self.blank(self.option("--function-name"), "FUNCTION")
        return ("aws", "lambda", "update-function-code", "--function-name", name, "--zip-file", "fileb://CODE.zip")
