"""Flux (fluxcd.io/flux/cmd): what stands in Git is what runs."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.gitops import GitOps
from releasekit.facts.model import Fact


class Flux(GitOps):
    """An object that is suspended is left as it is, until it is resumed."""

    way = "flux"
    blanks = MappingProxyType({"BRANCH": "the branch that Flux follows"})

    def _flux(self, verb: str, fact: Fact, *more: str) -> tuple[str, ...]:
        space = self.said("sync_namespace", fact)
        return ("flux", *verb.split(), fact.rule, fact.name, *(("-n", space) if space else ()), *more)

    def stop(self) -> Iterator[Step]:
        for fact in self.synced:
            text = f"Keep Flux from starting {fact.name} again."
            yield self.step(Act.STOP, text, *self._flux("suspend", fact), source=fact.source, expect="suspended")
        yield from super().stop()

    def deploy(self) -> Iterator[Step]:
        yield from super().deploy()
        if self.c.rollback.no_return is not None:
            yield from self._resumed(Act.DEPLOY)
            return
        for fact in self.synced:
            words = self._flux("reconcile", fact, "--with-source")
            text = f"Apply {fact.name} now, not at the next interval."
            yield self.step(Act.DEPLOY, text, *words, source=fact.source, expect="applied revision")

    def _resumed(self, act: Act) -> Iterator[Step]:
        """What is resumed applies what was fetched last: the new state is fetched first."""
        sources = {}
        for fact in self.synced:
            name, space = self.said("sync_source", fact), self.said("sync_source_namespace", fact)
            if name:
                sources[name, space] = fact
        for (name, space), fact in sources.items():
            words = ("flux", "reconcile", "source", "git", name, *(("-n", space) if space else ()))
            yield self.step(act, f"Fetch what stands in Git ({name}).", *words, source=fact.source, expect="fetched")
        for fact in self.synced:
            text = f"Let Flux apply {fact.name} again."
            yield self.step(act, text, *self._flux("resume", fact), source=fact.source, expect="applied revision")

    def wait(self) -> Iterator[Step]:
        for fact in self.synced:
            space = self.said("sync_namespace", fact)
            words = ("flux", "get", f"{fact.rule}s", fact.name, *(("-n", space) if space else ()))
            text = f"Wait until {fact.name} is ready."
            yield self.step(Act.WAIT, text, *words, expect="READY True, at the new revision")

    def halt(self) -> Iterator[Step]:
        for fact in self.synced:
            text = f"Keep Flux from going on with {fact.name}."
            yield self.step(Act.BACK_HALT, text, *self._flux("suspend", fact), source=fact.source, expect="suspended")

    def previous(self) -> Iterator[Step]:
        yield from self.reverted()
        yield from self._resumed(Act.BACK_DEPLOY)
