"""AWS CDK (docs.aws.amazon.com/cdk/v2/guide/cli.html)."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class Cdk(Stack):
    """Stacks are named in code, which is not run: a pipeline or a person says which one is production."""

    way = "cdk"
    blanks = MappingProxyType({"STACK": "the stack of production, from `cdk list`"})

    def words(self) -> tuple[str, ...]:
        return ("cdk", "deploy", self.blank(self.argument("cdk", "deploy"), "STACK"))
