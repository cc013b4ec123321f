"""Azure Container Apps (learn.microsoft.com/cli/azure/containerapp): revisions of one app."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack


class AzureContainerapp(Stack):
    """An earlier revision is copied to a new one, which then serves where one revision is active at a time."""

    way = "azure-containerapp"
    checkout = False
    checkout_back = False

    def _target(self) -> tuple[tuple[str, ...], Fill]:
        name, fill = self.blank(self.option("-n", "--name"), "APP", "the app, from `az containerapp list`")
        group, more = self.blank(self.option("-g", "--resource-group"), "GROUP", "its resource group")
        return ("--name", name, "--resource-group", group), (*fill, *more)

    def _az(self, act: Act, text: str, *words: str, expect: str = "", fill: Fill = ()) -> Step:
        target, more = self._target()
        command = shlex.join(("az", "containerapp", *words, *target))
        return Step(act, text, command, expect, way=self.way, fill=(*more, *fill))

    def words(self) -> tuple[tuple[str, ...], Fill]:
        target, fill = self._target()
        return ("az", "containerapp", "update", *target, "--image", "IMAGE"), (
            *fill,
            ("IMAGE", "the image of the version"),
        )

    def status(self) -> Iterator[Step]:
        yield self._az(Act.CHECK, "See the revisions.", "revision", "list", expect="the new one active, Running")

    def running(self) -> Iterator[Step]:
        yield self._az(Act.NOTE, "Note the revision that serves now.", "revision", "list", expect="the active one")

    def previous(self) -> Iterator[Step]:
        yield self._az(Act.BACK_CHECKOUT, "Find the revision that served before.", "revision", "list", "--all")
        fill = (("REVISION", "the revision that served before"),)
        text = f"Serve from the revision of {self.old} again."
        yield self._az(Act.BACK_DEPLOY, text, "revision", "copy", "--from-revision", "REVISION", fill=fill)

    def logs(self) -> tuple[str, ...]:
        target, _ = self._target()
        return (shlex.join(("az", "containerapp", "logs", "show", *target, "--tail", "300")),)
