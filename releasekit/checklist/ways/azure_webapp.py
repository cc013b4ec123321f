"""Azure App Service (learn.microsoft.com/cli/azure/webapp)."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack


class AzureWebapp(Stack):
    """With a slot the way back is to swap again; without one the earlier package is deployed again."""

    way = "azure-webapp"

    def _target(self) -> tuple[tuple[str, ...], Fill]:
        name, fill = self.blank(self.option("-n", "--name", "app-name"), "APP", "the app, from `az webapp list`")
        group, more = self.blank(self.option("-g", "--resource-group"), "GROUP", "its resource group")
        return ("--name", name, "--resource-group", group), (*fill, *more)

    def words(self) -> tuple[tuple[str, ...], Fill]:
        target, fill = self._target()
        package = ("PACKAGE", "the package of the version, as the build leaves it")
        return ("az", "webapp", "deploy", *target, "--src-path", "PACKAGE"), (*fill, package)

    def stop(self) -> Iterator[Step]:
        target, fill = self._target()
        command = shlex.join(("az", "webapp", "stop", *target))
        yield Step(Act.STOP, "Stop the app.", command, "exit status 0", way=self.way, fill=fill)

    def scale(self) -> Iterator[Step]:
        target, fill = self._target()
        command = shlex.join(("az", "webapp", "start", *target))
        yield Step(Act.SCALE, "Start the app again.", command, "exit status 0", way=self.way, fill=fill)

    def status(self) -> Iterator[Step]:
        target, fill = self._target()
        command = shlex.join(("az", "webapp", "show", *target, "--query", "state"))
        yield Step(Act.CHECK, "See the state of the app.", command, "Running", way=self.way, fill=fill)

    def previous(self) -> Iterator[Step]:
        slot = self.option("--slot", "slot-name")
        if not slot:
            yield from super().previous()
            return
        target, fill = self._target()
        command = shlex.join(("az", "webapp", "deployment", "slot", "swap", *target, "--slot", slot))
        text = f"Swap {self.old} back into production."
        yield Step(Act.BACK_DEPLOY, text, command, "exit status 0", way=self.way, fill=fill)
