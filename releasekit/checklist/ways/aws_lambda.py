"""AWS Lambda (docs.aws.amazon.com/cli/latest/reference/lambda): the code of one function."""

from releasekit.checklist.ways.stack import Fill, Stack


class AwsLambda(Stack):
    """The pipeline's line says which function and which code; nothing else does."""

    way = "lambda"

    def words(self) -> tuple[tuple[str, ...], Fill]:
        name, fill = self.blank(
            self.option("--function-name"), "FUNCTION", "the function, from `aws lambda list-functions`"
        )
        archive = ("CODE.zip", "the archive of the version, as the build leaves it")
        words = ("aws", "lambda", "update-function-code", "--function-name", name, "--zip-file", "fileb://CODE.zip")
        return words, (*fill, archive)
