"""Which files deploy something, by which way, and why those that count as production do. Finds no files itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from releasekit.facts.files import Files
from releasekit.facts.helm.charts import chart_folders, chart_of
from releasekit.facts.model import Fact
from releasekit.facts.production.deploying import of_guides
from releasekit.facts.stages import is_chosen, is_production

PIPELINE = "pipeline"


def deployment_files(facts: Sequence[Fact]) -> Iterator[Fact]:
    """``deployment_file``: each file that a way's detector read something in, with the way."""
    found = {fact.name: fact for fact in facts if fact.kind == "deployment_file"}
    for fact in facts:
        if fact.way and fact.kind not in {"production_file", "undeployed_file"} and fact.path not in found:
            how = "a file of this way of deploying"
            found[fact.path] = Fact("deployment_file", fact.path, fact.way, f"{fact.path}:1", how=how, way=fact.way)
    ways = {fact.path: fact.way for fact in facts if fact.kind == "service"}
    for path, fact in found.items():
        way = ways.get(path, fact.way)  # a manifest of Cloud Run is no manifest of a cluster
        yield replace(fact, way=way, value=way)


def reasoned(facts: Sequence[Fact], files: Files) -> list[Fact]:
    """The facts with one ``production_file`` for each file that deploys a service; the strongest reason counts."""
    given: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind == "production_file" and (fact.name not in given or fact.rule == PIPELINE):
            given[fact.name] = fact
    aside = {fact.name for fact in facts if fact.kind == "undeployed_file"}
    ways = {fact.path: fact.way for fact in facts if fact.kind == "service"}
    missing = {path: way for path, way in ways.items() if path not in given and path not in aside}
    for fact in _reasons(files, missing) if missing else ():
        given[fact.name] = fact
    placed = {fact.path: fact.way for fact in facts if fact.way}
    rest = [fact for fact in facts if fact.kind not in {"production_file", "deployment_file"}]
    return [*rest, *(_with_way(fact, placed) for fact in given.values())]


def _with_way(fact: Fact, ways: dict[str, str]) -> Fact:
    """A pipeline's command says which way it takes a file; the file's own reader knows better what it is."""
    return replace(fact, way=ways.get(fact.name, fact.way))


def _reasons(files: Files, paths: dict[str, str]) -> Iterator[Fact]:
    told: dict[str, str] = {}
    for one in of_guides(files):
        for path in one.files:
            told.setdefault(path, one.source)
    charts = chart_folders(files)
    for path, way in paths.items():
        chart = chart_of(path, charts)
        if is_chosen(files, path):
            rule, reason = "chosen", "named in application.files"
        elif chart is not None and "/templates/" in f"/{path}":
            rule, reason = "chart", f"a template of the chart {chart or '.'}"
        elif is_production(path):
            rule, reason = "named", "its path says production"
        elif path in told:
            rule, reason = "guide", f"the guide applies it: {told[path]}"
        else:
            rule, reason = "place", "it deploys a service and lies in no folder of tests or examples"
        yield Fact("production_file", path, reason, f"{path}:1", how="a deployment file", way=way, rule=rule)
