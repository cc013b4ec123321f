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
        words = ("delete", f"job/{job.name}", "--ignore-not-found")
        text = f"Delete the job {job.name} of the version before: applying the overlay starts it again."
        yield self.step(Act.MIGRATE, text, *self.kubectl(*words, services=[job.name]), source=job.source)

    def wait(self) -> Iterator[Step]:
        for job in self.c.migrating:
            words = ("wait", "--for=condition=complete", f"job/{job.name}", "--timeout=10m")
            text = f"Wait until {job.name} has ended."
            yield self.step(Act.WAIT, text, *self.kubectl(*words, services=[job.name]), expect="condition met")
        yield from super().wait()

    @property
    def checkout_back(self) -> bool:  # type: ignore[override]  # the cluster keeps the pods of before
        return self.c.rollback.way is not Back.CODE

    def halt(self) -> Iterator[Step]:
        yield from ()  # what is paused cannot be undone

    def previous(self) -> Iterator[Step]:
        if self.c.rollback.way is Back.CODE:
            yield from self.undone()
            return
        for job in self.c.migrating:
            words = ("delete", f"job/{job.name}", "--ignore-not-found")
            text = f"Delete the job {job.name} of {self.new}."
            yield self.step(Act.BACK_CHECKOUT, text, *self.kubectl(*words, services=[job.name]))
        yield from super().previous()
