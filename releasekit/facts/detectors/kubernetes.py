"""Plain Kubernetes manifests: files applied as they stand. Charts and kustomizations are read by other detectors."""

from collections.abc import Iterator

from releasekit.facts import cluster
from releasekit.facts.charts import chart_folders, in_chart
from releasekit.facts.code import folder
from releasekit.facts.files import Files
from releasekit.facts.kustomizations import kustomizations, owned
from releasekit.facts.manifests import Manifest, in_file
from releasekit.facts.model import Fact, Finding
from releasekit.facts.stages import left_out


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Facts of all plain manifests, taken together: a Service may lie beside its workload or in a folder of its own."""
    yield from cluster.facts(list(_manifests(files)))


def _manifests(files: Files) -> Iterator[Manifest]:
    charts = set(chart_folders(files))
    known = kustomizations(files)
    taken = owned(known)
    for path in files.tree.ending(".yaml", ".yml"):
        if left_out(files, path) or path in taken or folder(path) in known:
            continue
        if charts and in_chart(path, charts):
            continue
        yield from in_file(files, path)
