"""Google Cloud Run (cloud.google.com/sdk/gcloud/reference/run): revisions, of which traffic chooses one."""

import shlex
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class CloudRun(Commands):
    """Every deploy leaves its revision; going back shifts the traffic and builds nothing."""

    way = "cloud-run"
    checkout = True
    blanks = MappingProxyType({
        "SERVICE": "the service, from `gcloud run services list`",
        "IMAGE": "the image of the version, by its digest",
        "REVISION": "the revision that served before",
    })  # fmt: skip

    @property
    def target(self) -> str:
        """The service, or a blank."""
        named = self.argument("run", "deploy") or self.argument("services", "update") or self.option("service")
        service = named or next((fact.name for fact in self.c.services if fact.way == self.way), "")
        return self.blank(service, "SERVICE")

    def where(self) -> tuple[str, ...]:
        """Region and project, as the pipeline names them."""
        region, project = self.option("--region", "region"), self.option("--project", "project_id")
        return (*(("--region", region) if region else ()), *(("--project", project) if project else ()))

    def _gcloud(self, act: Act, text: str, *words: str, expect: str = "") -> Step:
        return self.step(act, text, "gcloud", "run", *words, *self.where(), expect=expect)

    def deploy(self) -> Iterator[Step]:
        manifests = [fact.path for fact in self.c.services if fact.way == self.way]
        if manifests:
            words = ("gcloud", "run", "services", "replace", self.of(manifests[0]), *self.where())
            yield from self.written_or(
                Act.DEPLOY, f"Deploy {self.new}.", *words, expect="Ready", source=f"{manifests[0]}:1"
            )
            return
        words = ("gcloud", "run", "deploy", self.target, "--image", "IMAGE", *self.where())
        yield from self.written_or(Act.DEPLOY, f"Deploy {self.new}.", *words, expect="serving 100 percent of traffic")

    def wait(self) -> Iterator[Step]:
        words = ("services", "describe", self.target, "--format", "value(status.latestReadyRevisionName)")
        yield self._gcloud(Act.WAIT, "See that the new revision is ready.", *words, expect="the new revision")

    def status(self) -> Iterator[Step]:
        words = ("services", "describe", self.target, "--format", "yaml(status.traffic)")
        yield self._gcloud(Act.CHECK, "See which revision has the traffic.", *words, expect="percent: 100")

    def previous(self) -> Iterator[Step]:
        words = ("revisions", "list", "--service", self.target)
        yield self._gcloud(Act.BACK_CHECKOUT, "Find the revision that served before.", *words)
        shift = ("services", "update-traffic", self.target, "--to-revisions", "REVISION=100")
        text = f"Give the traffic back to the revision of {self.old}; nothing is built."
        yield self._gcloud(Act.BACK_DEPLOY, text, *shift, expect="100% REVISION")

    def running(self) -> Iterator[Step]:
        words = ("revisions", "list", "--service", self.target)
        yield self._gcloud(Act.NOTE, "Note the revision that serves now.", *words, expect="the one with traffic")

    def logs(self) -> tuple[str, ...]:
        return (
            shlex.join(("gcloud", "run", "services", "logs", "read", self.target, *self.where(), "--limit", "200")),
        )
