"""Kustomize: the overlays that are production, built, with everything they take from their bases."""

import re
from collections.abc import Iterator, Mapping

from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.helm.charts import charts
from releasekit.facts.helm.releases import applications, pointers
from releasekit.facts.kubernetes import cluster
from releasekit.facts.kubernetes.manifests import Manifest
from releasekit.facts.kubernetes.workloads import workloads
from releasekit.facts.kustomize.building import built
from releasekit.facts.kustomize.placeholders import names, replaced
from releasekit.facts.kustomize.reading import Kustomization, kustomizations
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.stages import is_chosen, is_production, left_out
from releasekit.syntax.expression import Expression

_PLAIN = Expression(r"prod|production|prd|live", re.IGNORECASE)


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Facts of each root: an overlay that no other one takes, or a folder that an Application points to."""
    known = kustomizations(files)
    if not known:
        return
    usable = {place for place, k in known.items() if not k.is_component and not left_out(files, k.path)}
    chosen = [known[place] for place in sorted(usable) if is_chosen(files, known[place].path)]
    pointed, given = _pointed(files), names(files)
    for root in chosen or _roots(known, usable, pointed):
        made, build = built(files, root, known)
        kept = bool(chosen) or not files.chosen
        for said in replaced(cluster.facts(made), given):
            if kept or (isinstance(said, Fact) and is_chosen(files, said.path)):
                yield said
        if kept and made:
            yield from _taken(root, pointed, made)
        for place, reason in dict.fromkeys(build.problems):
            yield Finding("not-analysed", Severity.WARNING, f"not understood: {reason}", (place,))


def _taken(root: Kustomization, pointed: Mapping[str, str], made: list[Manifest]) -> Iterator[Fact]:
    """The root and why it is production; the files of its workloads, which it takes."""
    said = f"{pointed[root.folder]} deploys it" if pointed.get(root.folder) else "no other kustomization takes it"
    reason = "its path says production" if is_production(root.path) else said
    yield Fact("production_file", root.path, reason, f"{root.path}:1", how="a kustomization that is built")
    paths = (work.manifest.place(work.manifest.name_line).rpartition(":")[0] for work in workloads(made))
    for path in dict.fromkeys(paths):
        if path != root.path:
            yield Fact("production_file", path, f"taken by {root.path}", f"{path}:1", how="a kustomization takes it")


def _pointed(files: Files) -> dict[str, str]:
    """The folders that Argo CD's Applications and Flux's Kustomizations deploy, each with where that is said."""
    found = list(pointers(files, charts(files)))
    folders = {path: manifest.place(manifest.name_line) for path, manifest, _ in applications(found)}
    for manifest in found:
        if manifest.kind == "Kustomization" and "fluxcd" in manifest.api:
            folders[join("", manifest.node.at("spec", "path").text)] = manifest.place(manifest.name_line)
    return folders


def _roots(known: Mapping[str, Kustomization], usable: set[str], pointed: Mapping[str, str]) -> list[Kustomization]:
    """What is deployed of all kustomizations: production where it has a name, else what is not for an earlier stage;
    a base alone when all its overlays are for earlier stages."""
    takes = {place: _reached(place, known) for place in known}
    taken = {other for place in usable for other in takes[place]}
    tops = [place for place in sorted(usable) if place not in taken]
    found = []
    for place in tops:
        family = [other for other in tops if takes[other] & takes[place] or other == place]
        named = _plainest([other for other in family if is_production(other)])
        if not named or place in named:
            found.append(place)
    found += [place for place in sorted(pointed.keys() & usable) if place not in found]
    return [known[place] for place in found]


def _plainest(places: list[str]) -> list[str]:
    """The overlays without those that are called like another one in their folder and more: ``production-two``."""
    plain = [place for place in places if _PLAIN.fullmatch(place.rpartition("/")[2])]
    return [place for place in places if not any(place.startswith((f"{p}-", f"{p}_", f"{p}.")) for p in plain)]


def _reached(place: str, known: Mapping[str, Kustomization]) -> set[str]:
    """All folders with kustomizations that one takes, directly and through others."""
    found: set[str] = set()
    waiting = [place]
    while waiting:
        here = waiting.pop()
        for path, _ in known[here].entries("resources", "bases", "components"):
            if path in known and path not in found and path != place:
                found.add(path)
                waiting.append(path)
    return found
