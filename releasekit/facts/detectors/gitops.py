"""Controllers that apply what stands in Git: Argo CD's Applications, Flux's Kustomizations and HelmReleases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from releasekit.facts.code import has_below, join
from releasekit.facts.files import Files
from releasekit.facts.helm.charts import charts
from releasekit.facts.kubernetes.manifests import Manifest
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.stages import is_earlier
from releasekit.syntax.node import ABSENT, Node

_FLUX = {"kustomize.toolkit.fluxcd.io": "Kustomization", "helm.toolkit.fluxcd.io": "HelmRelease"}


def detect(files: Files) -> Iterator[Fact | Finding]:
    """A ``sync`` fact for each object whose source lies in this tree: its name, and what of the tree it applies.

    An object that applies something of another repository says nothing of how this one is deployed.
    """
    if not any("argoproj.io" in files.text(path) or "fluxcd.io" in files.text(path) for path in _manifests(files)):
        return
    from releasekit.facts.helm.releases import pointers  # with all that renders a chart

    manifests = list(pointers(files, charts(files)))
    branches = dict(_branches(manifests))
    for manifest in manifests:
        if is_earlier(f"{manifest.folder}/{manifest.name}"):
            continue
        if manifest.api == "argoproj.io" and manifest.kind in {"Application", "ApplicationSet"}:
            yield from _application(files, manifest)
        elif _FLUX.get(manifest.api) == manifest.kind:
            yield from _flux(files, manifest, branches)


def _manifests(files: Files) -> Iterator[str]:
    return files.tree.ending(".yaml", ".yml")


def _application(files: Files, manifest: Manifest) -> Iterator[Fact | Finding]:
    spec = manifest.node.at("spec")
    spec = spec.at("template", "spec") if manifest.kind == "ApplicationSet" else spec
    for source in (spec.at("source"), *spec.at("sources")):
        place = _here(files, source.at("path"))
        if place is None:
            continue
        name = "" if manifest.kind == "ApplicationSet" or "{{" in manifest.name else manifest.name
        if not name:
            sentence = f"{manifest.name} is an ApplicationSet: the names of its applications are not read"
            yield replace(manifest.finding("not-analysed", Severity.NOTE, sentence, manifest.name_line), touches=())
        fact = manifest.fact("sync", name or manifest.name, place or ".", manifest.name_line, None, "an Argo CD object")
        auto = bool(spec.at("syncPolicy", "automated"))
        yield replace(fact, way="argocd", rule="automated" if auto else "manual")
        yield from _said(manifest, "target_namespace", spec.at("destination", "namespace"), "argocd")
        revision = source.at("targetRevision")
        if revision.text != "HEAD":
            yield from _said(manifest, "sync_branch", revision, "argocd")


def _branches(manifests: Sequence[Manifest]) -> Iterator[tuple[str, Node]]:
    """Flux's sources in Git by name, each with the branch that it follows."""
    for manifest in manifests:
        if manifest.kind == "GitRepository" and manifest.api == "source.toolkit.fluxcd.io":
            yield manifest.name, manifest.node.at("spec", "ref", "branch")


def _flux(files: Files, manifest: Manifest, branches: Mapping[str, Node]) -> Iterator[Fact]:
    spec = manifest.node.at("spec")
    if manifest.kind == "HelmRelease":
        chart = spec.at("chart", "spec", "chart")
        place = _here(files, chart)
        kind = "helmrelease"
    else:
        place, kind = _here(files, spec.at("path")), "kustomization"
    if place is None and kind == "kustomization":
        return
    how = f"Flux's {manifest.kind}"
    fact = manifest.fact("sync", manifest.name, place or ".", manifest.name_line, None, how)
    yield replace(fact, way="flux", rule=kind)
    own = manifest.node.at("metadata", "namespace")
    yield from _said(manifest, "sync_namespace", own, "flux")
    target = spec.at("targetNamespace")
    yield from _said(manifest, "target_namespace", target if target.text or kind == "kustomization" else own, "flux")
    source = spec.at("chart", "spec", "sourceRef") if kind == "helmrelease" else spec.at("sourceRef")
    if source.at("kind").text == "GitRepository":
        yield from _said(manifest, "sync_source", source.at("name"), "flux")
        space = source.at("namespace")
        yield from _said(manifest, "sync_source_namespace", space if space.text else own, "flux")
        yield from _said(manifest, "sync_branch", branches.get(source.at("name").text, ABSENT), "flux")


def _said(manifest: Manifest, kind: str, node: Node, way: str) -> Iterator[Fact]:
    """What a controller's object says of itself, by the name of the object."""
    if node.text and "{{" not in node.text:
        fact = manifest.fact(kind, manifest.name, node.text, node, None, f"said by {manifest.name}")
        yield replace(fact, way=way)


def _here(files: Files, path: Node) -> str | None:
    """The folder of this tree that a source names; None when it names none, or one of another repository."""
    if not path.text or "{{" in path.text:
        return None
    place = join("", path.text)
    return place if has_below(files, f"{place}/" if place else "") or place in files.tree else None
