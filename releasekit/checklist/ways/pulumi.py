"""Pulumi (pulumi.com/docs/iac/cli/commands)."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class Pulumi(Stack):
    """A stack is an environment; its name stands in no file but a pipeline."""

    way = "pulumi"
    blanks = MappingProxyType({"STACK": "the stack of production, from `pulumi stack ls`"})

    def words(self) -> tuple[str, ...]:
        stack = self.blank(self.option("-s", "--stack"), "STACK")
        at = ("--cwd", self.folder) if self.folder else ()
        return ("pulumi", "up", "--stack", stack, *at)
