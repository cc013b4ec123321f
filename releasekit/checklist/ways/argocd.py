"""Argo CD (argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app): what stands in Git is what runs."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.ways.gitops import GitOps


class ArgoCD(GitOps):
    """An application that syncs by itself takes back what is typed against the cluster: it is told to hold first."""

    way = "argocd"
    blanks = MappingProxyType({"BRANCH": "the branch that Argo CD follows"})

    @property
    def automated(self) -> bool:
        """Whether an application syncs without being asked to."""
        return any(fact.rule == "automated" for fact in self.synced)

    def stop(self) -> Iterator[Step]:
        for fact in self.synced if self.automated else ():
            words = ("argocd", "app", "set", fact.name, "--sync-policy", "none")
            text = f"Keep Argo CD from starting {fact.name} again."
            yield self.step(Act.STOP, text, *words, source=fact.source, expect="no output")
        yield from super().stop()

    def deploy(self) -> Iterator[Step]:
        yield from super().deploy()
        for fact in self.synced:
            text = f"Sync {fact.name}{' now, not at the next interval' if fact.rule == 'automated' else ''}."
            yield self.step(
                Act.DEPLOY, text, "argocd", "app", "sync", fact.name, source=fact.source, expect="Succeeded"
            )

    def scale(self) -> Iterator[Step]:
        yield from super().scale()
        for fact in self.synced if self.automated else ():
            words = ("argocd", "app", "set", fact.name, "--sync-policy", "automated")
            text = f"Let {fact.name} sync by itself again."
            yield self.step(Act.SCALE, text, *words, source=fact.source, expect="no output")

    def wait(self) -> Iterator[Step]:
        for fact in self.synced:
            words = ("argocd", "app", "wait", fact.name, "--sync", "--health", "--timeout", "600")
            yield self.step(Act.WAIT, f"Wait until {fact.name} is healthy.", *words, expect="Healthy, Synced")

    def status(self) -> Iterator[Step]:
        for fact in self.synced:
            yield self.step(Act.CHECK, f"See {fact.name}.", "argocd", "app", "get", fact.name, expect="Healthy, Synced")

    def previous(self) -> Iterator[Step]:
        yield from self.reverted()
        for fact in self.synced:
            yield self.step(
                Act.BACK_DEPLOY, f"Sync {fact.name} to it.", "argocd", "app", "sync", fact.name, expect="Succeeded"
            )
            words = ("argocd", "app", "wait", fact.name, "--sync", "--health", "--timeout", "600")
            yield self.step(Act.BACK_WAIT, f"Wait until {fact.name} is healthy.", *words, expect="Healthy, Synced")

    def halt(self) -> Iterator[Step]:
        if self.c.rollback.way is Back.CODE:
            for fact in self.synced:
                words = ("argocd", "app", "terminate-op", fact.name)
                yield self.step(Act.BACK_HALT, f"End a sync of {fact.name} that still goes on.", *words)
