"""Why deployment files count as production, and what stands beside the way that CI deploys. Finds no files itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from releasekit.facts.files import Files
from releasekit.facts.helm.charts import chart_folders, chart_of
from releasekit.facts.model import Fact
from releasekit.facts.production.deploying import of_guides
from releasekit.facts.production.stages import is_chosen, is_production

_CLUSTER = frozenset({"kubernetes", "kustomize", "helm"})
_COMPOSE = re.compile(r"(?:.*[-_.])?(?:compose|stack)[^/]*\.ya?ml", re.IGNORECASE)


def reasoned(facts: Sequence[Fact], files: Files) -> list[Fact]:
    """The facts with one ``production_file`` for each file that deploys a service; the strongest reason counts."""
    given: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind == "production_file" and (fact.name not in given or _by_ci(fact)):
            given[fact.name] = fact
    paths = dict.fromkeys(fact.path for fact in facts if fact.kind == "service")
    missing = [path for path in paths if path not in given]
    for fact in _reasons(files, missing) if missing else ():
        given[fact.name] = fact
    ways = [fact for fact in facts if fact.kind == "deploys"]
    rest = [fact for fact in facts if fact.kind != "production_file"]
    return [*rest, *(_beside(fact, ways) for fact in given.values())]


def _by_ci(fact: Fact) -> bool:
    return str(fact.value).startswith("deployed by ")


def _reasons(files: Files, paths: Sequence[str]) -> Iterator[Fact]:
    told: dict[str, str] = {}
    for one in of_guides(files):
        for path in one.files:
            told.setdefault(path, one.source)
    charts = chart_folders(files)
    for path in paths:
        chart = chart_of(path, charts)
        if is_chosen(files, path):
            reason = "named in application.files"
        elif chart is not None and "/templates/" in f"/{path}":
            reason = f"a template of the chart {chart or '.'}"
        elif is_production(path):
            reason = "its path says production"
        elif path in told:
            reason = f"the guide applies it: {told[path]}"
        else:
            reason = "it deploys a service and lies in no folder of tests or examples"
        yield Fact("production_file", path, reason, f"{path}:1", how="a deployment file")


def _beside(fact: Fact, ways: Sequence[Fact]) -> Fact:
    """The fact, and which way CI goes when that is not the way of this file."""
    names = {_family(way.name) for way in ways}
    own = _family("compose" if _COMPOSE.fullmatch(fact.name.rpartition("/")[2]) else "kubernetes")
    if not ways or own in names or _by_ci(fact) or not fact.name.endswith((".yaml", ".yml")):
        return fact
    return replace(fact, value=f"{fact.value}; it stands beside what CI deploys with {ways[0].name} ({ways[0].source})")


def _family(way: str) -> str:
    return "cluster" if way in _CLUSTER else "containers" if way in {"compose", "swarm"} else way
