"""Flux (fluxcd.io/flux/cmd): what stands in Git is what runs."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.gitops import GitOps
from releasekit.facts.model import Fact


class Flux(GitOps):
    """An object that is suspended is left as it is, until it is resumed."""

    way = "flux"

    def _flux(self, verb: str, fact: Fact, *more: str) -> tuple[str, ...]:
        space = self.where(fact)
        return ("flux", *verb.split(), fact.rule, fact.name, *(("-n", space) if space else ()), *more)

    def stop(self) -> Iterator[Step]:
        for fact in self.synced:
            text = f"Keep Flux from starting {fact.name} again."
            yield self.step(Act.STOP, text, *self._flux("suspend", fact), source=fact.source, expect="suspended")
        yield from super().stop()

    def deploy(self) -> Iterator[Step]:
        yield from super().deploy()
        resumed = self.c.rollback.no_return is not None
        for fact in self.synced if resumed else ():
            text = f"Let Flux apply {fact.name} again."
            yield self.step(Act.DEPLOY, text, *self._flux("resume", fact), source=fact.source, expect="resumed")
        for fact in self.synced:
            words = self._flux("reconcile", fact, "--with-source")
            text = f"Apply {fact.name} now, not at the next interval."
            yield self.step(Act.DEPLOY, text, *words, source=fact.source, expect="applied revision")

    def wait(self) -> Iterator[Step]:
        for fact in self.synced:
            space = self.where(fact)
            words = ("flux", "get", f"{fact.rule}s", fact.name, *(("-n", space) if space else ()))
            text = f"Wait until {fact.name} is ready."
            yield self.step(Act.WAIT, text, *words, expect="READY True, at the new revision")

    def halt(self) -> Iterator[Step]:
        for fact in self.synced:
            text = f"Keep Flux from going on with {fact.name}."
            yield self.step(Act.BACK_HALT, text, *self._flux("suspend", fact), source=fact.source, expect="suspended")

    def previous(self) -> Iterator[Step]:
        yield from self.reverted()
        for fact in self.synced:
            text = f"Let Flux apply {fact.name} again."
            yield self.step(Act.BACK_DEPLOY, text, *self._flux("resume", fact), source=fact.source, expect="resumed")
            words = self._flux("reconcile", fact, "--with-source")
            yield self.step(Act.BACK_DEPLOY, f"Apply {fact.name} now.", *words, source=fact.source)
