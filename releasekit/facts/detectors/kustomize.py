"""Kustomize: the overlays that are production, built, with everything they take from their bases."""

from collections.abc import Iterator, Mapping

from releasekit.facts import cluster
from releasekit.facts.charts import charts
from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.kustomizations import Kustomization, kustomizations
from releasekit.facts.kustomized import built
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.releases import applications, pointers
from releasekit.facts.stages import is_chosen, is_production, left_out


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Facts of each root: an overlay that no other one takes, or a folder that an Application points to."""
    known = kustomizations(files)
    if not known:
        return
    usable = {place for place, k in known.items() if not k.is_component and not left_out(files, k.path)}
    chosen = [known[place] for place in sorted(usable) if is_chosen(files, known[place].path)]
    for root in chosen or _roots(known, usable, _pointed(files)):
        made, build = built(files, root, known)
        yield from cluster.facts(made)
        for place, reason in dict.fromkeys(build.problems):
            yield Finding("not-analysed", Severity.WARNING, f"not understood: {reason}", (place,))


def _pointed(files: Files) -> set[str]:
    """The folders that Argo CD's Applications and Flux's Kustomizations deploy."""
    found = list(pointers(files, charts(files)))
    folders = {path for path, _, _ in applications(found)}
    for manifest in found:
        if manifest.kind == "Kustomization" and "fluxcd" in manifest.api:
            folders.add(join("", manifest.node.at("spec", "path").text))
    return folders


def _roots(known: Mapping[str, Kustomization], usable: set[str], pointed: set[str]) -> list[Kustomization]:
    """What is deployed of all kustomizations: production where it has a name, else what is not for an earlier stage;
    a base alone when all its overlays are for earlier stages."""
    takes = {place: _reached(place, known) for place in known}
    taken = {other for place in usable for other in takes[place]}
    tops = [place for place in sorted(usable) if place not in taken]
    found = []
    for place in tops:
        family = [other for other in tops if takes[other] & takes[place] or other == place]
        named = [other for other in family if is_production(other)]
        if not named or place in named:
            found.append(place)
    found += [place for place in sorted(pointed & usable) if place not in found]
    return [known[place] for place in found]


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
