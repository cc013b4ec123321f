"""Helm charts (helm.sh/docs/helm)."""

import re
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.kubernetes import Kubernetes

# a chart's own values.yaml needs no mention
_VALUES = re.compile(r"(?:^|/)(?!values\.ya?ml$)(?!Chart\.yaml$)[^/]*values[^/]*\.ya?ml$")
_RELEASE = "RELEASE"
_LIST = "from `helm list --all-namespaces`"


class Helm(Kubernetes):
    """The release's name stands in a pipeline, a guide or nowhere; a chart's own name is only a guess."""

    way = "helm"
    checkout_back = False
    blanks = MappingProxyType({_RELEASE: f"the release's name, {_LIST}", "NAMESPACE": f"its namespace, {_LIST}"})

    def space(self, *services: str) -> tuple[str, ...]:
        """Objects of a chart are in the namespace of its release, which no chart says."""
        return super().space(*services) or ("-n", "NAMESPACE")

    @property
    def release(self) -> str:
        """The name of the release, or a blank."""
        said = [fact for fact in self.c.of("helm_release") if fact.rule == "said"]
        return said[0].name if said else _RELEASE

    @property
    def chart(self) -> str:
        """The folder of the chart."""
        releases = self.c.of("helm_release")
        return self.of(str(releases[0].value) or ".") if releases else "."

    def halt(self) -> Iterator[Step]:
        yield from ()  # Helm goes back by itself; what is paused would stay so

    def deploy(self) -> Iterator[Step]:
        written = list(self.written_or(Act.DEPLOY, f"Upgrade to {self.new}.", expect="STATUS: deployed"))
        if written:
            yield from written
            return
        values = (part for path in self.d.files if _VALUES.search(path) for part in ("-f", self.of(path)))
        install = () if self.release == _RELEASE else ("--install",)
        words = ("helm", "upgrade", *install, self.release, self.chart, *values, *self.space())
        yield self.step(
            Act.DEPLOY,
            f"Upgrade to {self.new}; Helm goes back by itself when it fails.",
            *words,
            "--atomic",
            "--timeout",
            "10m",
            expect="STATUS: deployed",
        )

    def previous(self) -> Iterator[Step]:
        words = ("helm", "history", self.release, *self.space())
        yield self.step(Act.BACK_CHECKOUT, "See which revision ran before.", *words, expect="the last one “superseded”")
        words = ("helm", "rollback", self.release, *self.space(), "--wait", "--timeout", "10m")
        yield self.step(Act.BACK_DEPLOY, "Return to the revision before.", *words, expect="Rollback was a success")
        yield from self._rolled(Act.BACK_WAIT, self.old)

    def running(self) -> Iterator[Step]:
        words = ("helm", "list", *self.space())
        yield self.step(Act.NOTE, "Note the release's revision and version.", *words, expect="STATUS deployed")
        yield from super().running()
