"""Kustomizations, built and applied by kubectl (kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization)."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.ways.kubernetes import Kubernetes
from releasekit.facts.model import Fact


class Kustomize(Kubernetes):
    """The overlay that is production is given with ``-k``; its files alone lack its names, namespaces and images."""

    way = "kustomize"

    def given(self, *, jobs: bool) -> list[str]:
        overlays = [path for path in self.d.files if path.rpartition("/")[2].lower().startswith("kustomization")]
        folder = overlays[0].rpartition("/")[0] if overlays else ""
        return ["-k", self.of(folder) or "."] if overlays else []

    def once(self, job: Fact) -> Iterator[Step]:
        """A Job cannot be changed: the one of before is deleted, and the apply makes it anew."""
        text = f"Delete the job {job.name} of the version before: applying the overlay starts it again."
        yield self.step(Act.MIGRATE, text, *self.deleted(job), source=job.source)

    def wait(self) -> Iterator[Step]:
        for job in self.c.migrating:
            yield self.ended(Act.WAIT, job)
        yield from super().wait()

    @property
    def checkout_back(self) -> bool:
        """Not where the code alone goes back: the cluster keeps the pod templates of before."""
        return self.c.rollback.way is not Back.CODE

    def halt(self) -> Iterator[Step]:
        yield from ()  # what is paused cannot be undone

    def previous(self) -> Iterator[Step]:
        if self.c.rollback.way is Back.CODE:
            yield from self.undone()
            return
        for job in self.c.migrating:
            yield self.step(Act.BACK_CHECKOUT, f"Delete the job {job.name} of {self.new}.", *self.deleted(job))
        yield from super().previous()
