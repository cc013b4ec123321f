"""Azure Container Apps (learn.microsoft.com/cli/azure/containerapp): revisions of one app."""

import shlex
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class AzureContainerapp(Stack):
    """An earlier revision is copied to a new one, which then serves where one revision is active at a time."""

    way = "azure-containerapp"
    checkout = False
    checkout_back = False
    blanks = MappingProxyType({
        "APP": "the app, from `az containerapp list`",
        "GROUP": "its resource group",
        "IMAGE": "the image of the version",
        "REVISION": "the revision that served before",
    })  # fmt: skip

    def _target(self) -> tuple[str, ...]:
        name = self.blank(self.option("-n", "--name"), "APP")
        group = self.blank(self.option("-g", "--resource-group"), "GROUP")
        return ("--name", name, "--resource-group", group)

    def _az(self, act: Act, text: str, *words: str, expect: str = "") -> Step:
        return self.step(act, text, "az", "containerapp", *words, *self._target(), expect=expect)

    def words(self) -> tuple[str, ...]:
        return ("az", "containerapp", "update", *self._target(), "--image", "IMAGE")

    def status(self) -> Iterator[Step]:
        yield self._az(Act.CHECK, "See the revisions.", "revision", "list", expect="the new one active, Running")

    def running(self) -> Iterator[Step]:
        yield self._az(Act.NOTE, "Note the revision that serves now.", "revision", "list", expect="the active one")

    def previous(self) -> Iterator[Step]:
        yield self._az(Act.BACK_CHECKOUT, "Find the revision that served before.", "revision", "list", "--all")
        text = f"Serve from the revision of {self.old} again."
        yield self._az(Act.BACK_DEPLOY, text, "revision", "copy", "--from-revision", "REVISION")

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(("az", "containerapp", "logs", "show", *self._target(), "--tail", "300")),)
