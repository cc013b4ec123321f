"""Plain Kubernetes manifests: files applied as they stand. Charts and kustomizations are read by other detectors."""

from collections.abc import Iterator
from dataclasses import replace

from releasekit.facts import stages
from releasekit.facts.code import folder
from releasekit.facts.files import Files
from releasekit.facts.helm.charts import chart_folders, in_chart
from releasekit.facts.kubernetes import cluster
from releasekit.facts.kubernetes.manifests import Manifest, in_file
from releasekit.facts.kustomize.placeholders import names, replaced
from releasekit.facts.kustomize.reading import kustomizations, owned
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.production.variants import left_out

_KNATIVE = "serving.knative.dev"


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Facts of all plain manifests, taken together: a Service may lie beside its workload or in a folder of its own."""
    found = dict(_manifests(files))
    again = dict(left_out(found, _production(files))) if not files.chosen else {}
    manifests = [one for path, listed in found.items() if path not in again for one in listed]
    yield from _files(files, {path for path, listed in found.items() if listed} - set(again))
    serverless = _cloud_run(manifests)
    for said in replaced(cluster.facts(manifests), names(files)):
        there = isinstance(said, Fact) and said.path in serverless
        yield replace(said, way="cloud-run") if there and isinstance(said, Fact) else said
    for path, reason in again.items():
        sentence = f"{path} is not read as production: {reason}"
        yield Finding("left-out", Severity.NOTE, sentence, (f"{path}:1",), do="name it in application.files if it is")


def _files(files: Files, paths: set[str]) -> Iterator[Fact]:
    """``deployment_file`` of each file with objects; the rule ``whole`` says that its folder holds nothing else."""
    for path in sorted(paths):
        beside = [other for other in files.tree.within(folder(path)) if other.endswith((".yaml", ".yml", ".json"))]
        whole = "whole" if all(other in paths for other in beside) else ""
        yield Fact("deployment_file", path, "kubernetes", f"{path}:1", how="it holds objects of a cluster", rule=whole)


def _cloud_run(manifests: list[Manifest]) -> set[str]:
    """Files that hold Services of Knative alone: Cloud Run's, unless other objects of a cluster are there as well.

    Cloud Run takes this API group and has no Kubernetes API (Cloud Run's YAML reference); Knative on a cluster of one's
    own stands beside other objects.
    """
    groups: dict[str, set[str]] = {}
    for manifest in manifests:
        groups.setdefault(manifest.place(1).rpartition(":")[0], set()).add(manifest.api)
    return {path for path, apis in groups.items() if _KNATIVE in apis and apis <= {_KNATIVE, "run.googleapis.com"}}


def _manifests(files: Files) -> Iterator[tuple[str, list[Manifest]]]:
    charts = set(chart_folders(files))
    known = kustomizations(files)
    taken = owned(known)
    for path in files.tree.ending(".yaml", ".yml"):
        if stages.left_out(files, path) or path in taken or folder(path) in known:
            continue
        if charts and in_chart(path, charts):
            continue
        listed = [one for one in in_file(files, path) if not _is_controlled(one)]
        yield path, listed


def _is_controlled(manifest: Manifest) -> bool:
    """Whether it tells a controller what to apply, and is nothing that runs."""
    flux = manifest.api.endswith("toolkit.fluxcd.io")
    return flux or (manifest.api == "argoproj.io" and manifest.kind.startswith(("Application", "AppProject")))


def _production(files: Files) -> dict[str, list[Manifest]]:
    """The objects of kustomizations that are called production, by folder."""
    known = kustomizations(files)
    named = [place for place, one in known.items() if stages.is_production(place) and not one.is_component]
    if not named:
        return {}
    from releasekit.facts.kustomize.building import built

    return {
        place: built(files, known[place], known)[0] for place in named if not stages.left_out(files, known[place].path)
    }
