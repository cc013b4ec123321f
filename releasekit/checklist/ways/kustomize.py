"""Kustomizations, built and applied by kubectl (kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization)."""

from releasekit.checklist.ways.kubernetes import Kubernetes


class Kustomize(Kubernetes):
    """The overlay that is production is given with ``-k``; its own ``namespace`` holds for its objects."""

    way = "kustomize"

    def given(self, *, jobs: bool) -> list[str]:
        overlays = [path for path in self.d.files if path.rpartition("/")[2].lower().startswith("kustomization")]
        folder = overlays[0].rpartition("/")[0] if overlays else ""
        return ["-k", self.of(folder) or "."] if overlays else []
