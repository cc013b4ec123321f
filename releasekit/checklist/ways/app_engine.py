"""Google App Engine (cloud.google.com/sdk/gcloud/reference/app): versions, of which traffic chooses."""

import shlex
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class AppEngine(Stack):
    """Every deploy leaves its version; going back gives the traffic to the one before."""

    way = "app-engine"
    checkout_back = False
    blanks = MappingProxyType({
        "SERVICE": "the service, `default` where the file names none",
        "VERSION": "the version that served before, from `gcloud app versions list`",
    })  # fmt: skip

    def _where(self) -> tuple[str, ...]:
        project = self.option("--project")
        return ("--project", project) if project else ()

    def words(self) -> tuple[str, ...]:
        return ("gcloud", "app", "deploy", *map(self.of, filter(None, [self.file])), *self._where())

    def status(self) -> Iterator[Step]:
        words = ("gcloud", "app", "versions", "list", *self._where())
        yield self.step(Act.CHECK, "See which version has the traffic.", *words, expect="TRAFFIC_SPLIT 1.00, SERVING")

    def running(self) -> Iterator[Step]:
        words = ("gcloud", "app", "versions", "list", *self._where())
        yield self.step(Act.NOTE, "Note the version that serves now.", *words, expect="the one with TRAFFIC_SPLIT 1.00")

    def previous(self) -> Iterator[Step]:
        words = ("gcloud", "app", "services", "set-traffic", "SERVICE", "--splits", "VERSION=1", *self._where())
        text = f"Give the traffic back to {self.old}; nothing is built."
        yield self.step(Act.BACK_DEPLOY, text, *words, expect="exit status 0")

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(("gcloud", "app", "logs", "read", *self._where(), "--limit", "200")),)
