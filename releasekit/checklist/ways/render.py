"""Render (render.com/docs/cli): services that Render builds and deploys itself."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands

_SERVICE = "SERVICE_ID"


class Render(Commands):
    """A push deploys by itself unless that is switched off; a deploy can also be asked for by service and commit."""

    way = "render"

    def _create(self, act: Act, text: str, commit: str) -> Step:
        words = ("render", "deploys", "create", _SERVICE, *(("--commit", commit) if commit else ()), "--wait")
        fill = ((_SERVICE, "the service's id, from `render services`"),)
        return Step(act, text, shlex.join(words), "live", self.shown, way=self.way, fill=fill)

    def deploy(self) -> Iterator[Step]:
        text = f"Deploy {self.new}; where automatic deploys are on, Render does so when it is pushed."
        for fact in self.services or self.c.own[:1]:
            yield self._create(Act.DEPLOY, f"{text[:-1]} ({fact.name}).", self.c.release.candidate_sha)

    def previous(self) -> Iterator[Step]:
        text = f"Return to {self.old}: choose its deploy and “Rollback” in Render's dashboard, or deploy its commit."
        yield self._create(Act.BACK_DEPLOY, text, self.c.release.running_sha)

    def status(self) -> Iterator[Step]:
        fill = ((_SERVICE, "the service's id, from `render services`"),)
        command = shlex.join(("render", "deploys", "list", _SERVICE))
        yield Step(Act.CHECK, "See the deploys of the service.", command, "live", way=self.way, fill=fill)
