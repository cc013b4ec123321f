"""AWS CDK (docs.aws.amazon.com/cdk/v2/guide/cli.html)."""

from releasekit.checklist.ways.stack import Fill, Stack


class Cdk(Stack):
    """Stacks are named in code, which is not run: a pipeline or a person says which one is production."""

    way = "cdk"

    def words(self) -> tuple[tuple[str, ...], Fill]:
        stack, fill = self.blank(self.argument("cdk", "deploy"), "STACK", "the stack of production, from `cdk list`")
        return ("cdk", "deploy", stack), fill
