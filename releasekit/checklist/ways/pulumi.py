"""Pulumi (pulumi.com/docs/iac/cli/commands)."""

from releasekit.checklist.ways.stack import Fill, Stack


class Pulumi(Stack):
    """A stack is an environment; its name stands in no file but a pipeline."""

    way = "pulumi"

    def _stack(self) -> tuple[str, Fill]:
        return self.blank(self.option("-s", "--stack"), "STACK", "the stack of production, from `pulumi stack ls`")

    def words(self) -> tuple[tuple[str, ...], Fill]:
        stack, fill = self._stack()
        at = ("--cwd", self.folder) if self.folder else ()
        return ("pulumi", "up", "--stack", stack, *at), fill
