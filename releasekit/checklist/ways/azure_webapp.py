"""Azure App Service (learn.microsoft.com/cli/azure/webapp)."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class AzureWebapp(Stack):
    """With a slot the way back is to swap again; without one the earlier package is deployed again."""

    way = "azure-webapp"
    blanks = MappingProxyType({
        "APP": "the app, from `az webapp list`",
        "GROUP": "its resource group",
        "PACKAGE": "the package of the version, as the build leaves it",
    })  # fmt: skip

    def _az(self, act: Act, text: str, verb: str, *more: str, expect: str = "exit status 0") -> Step:
        return self.step(act, text, "az", "webapp", *verb.split(), *self._target(), *more, expect=expect)

    def _target(self) -> tuple[str, ...]:
        name = self.blank(self.option("-n", "--name", "app-name"), "APP")
        group = self.blank(self.option("-g", "--resource-group"), "GROUP")
        return ("--name", name, "--resource-group", group)

    def words(self) -> tuple[str, ...]:
        return ("az", "webapp", "deploy", *self._target(), "--src-path", "PACKAGE")

    def stop(self) -> Iterator[Step]:
        yield self._az(Act.STOP, "Stop the app.", "stop")

    def scale(self) -> Iterator[Step]:
        yield self._az(Act.SCALE, "Start the app again.", "start")

    def status(self) -> Iterator[Step]:
        yield self._az(Act.CHECK, "See the state of the app.", "show", "--query", "state", expect="Running")

    def previous(self) -> Iterator[Step]:
        slot = self.option("--slot", "slot-name")
        if slot:
            yield self._az(
                Act.BACK_DEPLOY, f"Swap {self.old} back into production.", "deployment slot swap", "--slot", slot
            )
        else:
            yield from super().previous()
