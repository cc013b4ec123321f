"""Render (render.com/docs/cli): services that Render builds and deploys itself."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Render(Commands):
    """A push deploys by itself unless that is switched off; a deploy can also be asked for by service and commit."""

    way = "render"
    blanks = MappingProxyType({"SERVICE_ID": "the service's id, from `render services`"})

    def _create(self, act: Act, text: str, commit: str) -> Step:
        words = ("render", "deploys", "create", "SERVICE_ID", *(("--commit", commit) if commit else ()), "--wait")
        return self.step(act, text, *words, expect="live", source=self.shown)

    def deploy(self) -> Iterator[Step]:
        text = f"Deploy {self.new}; where automatic deploys are on, Render does so when it is pushed."
        for fact in self.services or self.c.own[:1]:
            yield self._create(Act.DEPLOY, f"{text[:-1]} ({fact.name}).", self.c.release.candidate_sha)

    def previous(self) -> Iterator[Step]:
        text = f"Return to {self.old}: choose its deploy and “Rollback” in Render's dashboard, or deploy its commit."
        yield self._create(Act.BACK_DEPLOY, text, self.c.release.running_sha)

    def status(self) -> Iterator[Step]:
        words = ("render", "deploys", "list", "SERVICE_ID")
        yield self.step(Act.CHECK, "See the deploys of the service.", *words, expect="live")
