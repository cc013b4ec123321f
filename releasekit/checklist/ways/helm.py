"""Helm charts (helm.sh/docs/helm)."""

import re
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.kubernetes import Kubernetes

# a chart's own values.yaml needs no mention
_VALUES = re.compile(r"(?:^|/)(?!values\.ya?ml$)(?!Chart\.yaml$)[^/]*values[^/]*\.ya?ml$")
_RELEASE = "RELEASE"
_WHERE = "the release's name, from `helm list --all-namespaces`"


class Helm(Kubernetes):
    """The release's name stands in a pipeline, a guide or nowhere; a chart's own name is only a guess."""

    way = "helm"
    checkout_back = False

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

    def _filled(self, step: Step) -> Step:
        fill = ((_RELEASE, _WHERE),) if self.release == _RELEASE else ()
        return Step(step.act, step.text, step.command, step.expect, step.source, way=self.way, fill=fill)

    def deploy(self) -> Iterator[Step]:
        if self.written():
            yield from self.written_or(Act.DEPLOY, f"Upgrade to {self.new}.", expect="STATUS: deployed")
            return
        values = (part for path in self.d.files if _VALUES.search(path) for part in ("-f", self.of(path)))
        words = ("helm", "upgrade", "--install", self.release, self.chart, *values, *self.space())
        yield self._filled(
            self.step(
                Act.DEPLOY,
                f"Upgrade to {self.new}; Helm goes back by itself when it fails.",
                *words,
                "--atomic",
                "--timeout",
                "10m",
                expect="STATUS: deployed",
            )
        )

    def previous(self) -> Iterator[Step]:
        words = ("helm", "history", self.release, *self.space())
        yield self._filled(
            self.step(Act.BACK_CHECKOUT, "See which revision ran before.", *words, expect="the last one “superseded”")
        )
        words = ("helm", "rollback", self.release, *self.space(), "--wait", "--timeout", "10m")
        yield self._filled(
            self.step(Act.BACK_DEPLOY, "Return to the revision before.", *words, expect="Rollback was a success")
        )
        yield from self._rolled(Act.BACK_WAIT, self.old)

    def running(self) -> Iterator[Step]:
        words = ("helm", "list", *(self.space() or ("--all-namespaces",)))
        yield self.step(Act.NOTE, "Note the release's revision and version.", *words, expect="STATUS deployed")
        yield from super().running()
