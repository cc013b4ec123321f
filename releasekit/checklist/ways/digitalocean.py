"""DigitalOcean App Platform (docs.digitalocean.com/reference/doctl/reference/apps)."""

import shlex
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class DigitalOcean(Commands):
    """The app's specification is updated; the platform makes a deployment of it."""

    way = "digitalocean"
    checkout = True
    checkout_back = True
    blanks = MappingProxyType({"APP_ID": "the application's id, from `doctl apps list`"})

    def _doctl(self, act: Act, text: str, *words: str, expect: str = "") -> Step:
        return self.step(act, text, "doctl", "apps", *words, expect=expect, source=self.shown)

    def _update(self, act: Act, version: str) -> Step:
        spec = ("--spec", self.of(self.file)) if self.file else ()
        return self._doctl(act, f"Deploy {version}.", "update", "APP_ID", *spec, "--wait", expect="the app is updated")

    def deploy(self) -> Iterator[Step]:
        yield self._update(Act.DEPLOY, self.new)

    def wait(self) -> Iterator[Step]:
        yield self._doctl(
            Act.WAIT, "Wait until the deployment is active.", "list-deployments", "APP_ID", expect="ACTIVE"
        )

    def status(self) -> Iterator[Step]:
        yield self._doctl(Act.CHECK, "See the deployment.", "list-deployments", "APP_ID", expect="ACTIVE")

    def previous(self) -> Iterator[Step]:
        yield self._update(Act.BACK_DEPLOY, self.old)

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(("doctl", "apps", "logs", "APP_ID", "--type", "run")),)
