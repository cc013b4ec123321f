"""Deployer (deployer.org/docs/7.x/cli): releases kept on the hosts."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack


class Deployer(Stack):
    """The hosts are chosen by a name or a label; a rollback points them to the release before."""

    way = "deployer"
    checkout_back = False

    def _hosts(self) -> tuple[str, Fill]:
        named = self.argument("dep", "deploy")
        return self.blank(named, "HOSTS", "the hosts of production, as the recipe names them")

    def words(self) -> tuple[tuple[str, ...], Fill]:
        hosts, fill = self._hosts()
        return ("dep", "deploy", hosts), fill

    def previous(self) -> Iterator[Step]:
        hosts, fill = self._hosts()
        made = self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", "dep", "rollback", hosts, expect="exit status 0")
        yield Step(made.act, made.text, made.command, made.expect, way=self.way, fill=fill)
