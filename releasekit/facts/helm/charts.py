"""Helm charts as they lie in a tree: what they are called, what they depend on, their values. Renders nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import folder, join
from releasekit.facts.files import Files, remembered
from releasekit.facts.traced import EMPTY, Said, Table, Value, merged, of_node
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import ABSENT, Node
from releasekit.syntax.yaml import Dialect

# a chart's values for production, beside its values.yaml
_PRODUCTION = Expression(r"(?:values[-_.])?(?:prod|production|prd|live)(?:[-_.]values)?\.ya?ml", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """A chart that another one takes along: ``place`` says so; ``folder`` is where it lies, None when elsewhere
    (then in ``repository``)."""

    name: str
    alias: str
    version: Node
    condition: str
    place: str
    folder: str | None
    repository: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """One chart: its folder, and what Chart.yaml says."""

    folder: str
    node: Node

    @property
    def path(self) -> str:
        return _under(self.folder, "Chart.yaml")

    @property
    def name(self) -> str:
        return self.node.at("name").text or self.folder.rpartition("/")[2]

    @property
    def is_library(self) -> bool:
        return self.node.at("type").text == "library"

    def described(self, alias: str = "") -> dict[str, object]:
        """What templates see as ``.Chart``."""
        pairs = {key[:1].upper() + key[1:]: child.text for key, child in self.node.items() if child.is_scalar}
        return {**pairs, "Name": alias or self.name, "IsRoot": not alias}


@remembered
def chart_folders(files: Files) -> tuple[str, ...]:
    """The folders that hold a Chart.yaml, sorted, sub-charts included."""
    return tuple(sorted(folder(path) for path in files.tree.named("Chart.yaml")))


@remembered
def charts(files: Files) -> dict[str, Chart]:
    """All charts of a tree by folder."""
    found = {}
    for place in chart_folders(files):
        documents = files.yaml(_under(place, "Chart.yaml"), Dialect.YAML_1_1)
        if documents and documents[0].is_map:
            found[place] = Chart(place, documents[0])
    return found


def chart_of(path: str, folders: tuple[str, ...] | set[str]) -> str | None:
    """The innermost chart that a path lies in; None when in none. A chart at the root holds everything below it."""
    here = folder(path)
    while True:
        if here in folders:
            return here
        if not here:
            return None
        here = folder(here)


def in_chart(path: str, charts: set[str]) -> bool:
    """Whether a path is a chart's. A chart at the root of a repository owns its own folders only, not everything."""
    chart = chart_of(path, charts)
    if chart is None:
        return False
    inside = path[len(chart) + 1 :] if chart else path
    return bool(chart) or "/" not in inside or inside.startswith(("templates/", "charts/", "crds/", "ci/"))


def dependencies(chart: Chart, known: dict[str, Chart], files: Files) -> Iterator[Dependency]:
    """What a chart takes along: what Chart.yaml (or requirements.yaml, in charts of the first version) lists, and
    what lies in its ``charts`` folder besides."""
    path, listed = chart.path, list(chart.node.at("dependencies"))
    if not listed:
        path = _under(chart.folder, "requirements.yaml")
        for document in files.yaml(path, Dialect.YAML_1_1):
            listed = list(document.at("dependencies"))
    inside = _under(chart.folder, "charts")
    seen = set()
    for entry in listed:
        name = entry.at("name").text
        local = entry.at("repository").text
        place = join(chart.folder, local.removeprefix("file://")) if local.startswith("file://") else f"{inside}/{name}"
        seen.add(place)
        yield Dependency(
            name,
            entry.at("alias").text or name,
            entry.at("version"),
            entry.at("condition").text,
            f"{path}:{(entry.at('alias') or entry.at('name')).line}",
            place if place in known else None,
            local,
        )
    for place, sub in known.items():
        if folder(place) == inside and place not in seen:
            yield Dependency(sub.name, sub.name, ABSENT, "", sub.path, place)


def values_of(files: Files, path: str) -> Value:
    """A values file; empty when it is not there, is empty, or cannot be read (then noted)."""
    for document in files.yaml(path, Dialect.YAML_1_1):
        if document.is_map:
            return of_node(document, path)
    return EMPTY


def own_values(files: Files, chart: Chart) -> tuple[Value, str]:
    """A chart's values.yaml, and the path of the values for production that lie beside it ("" when there are none)."""
    beside = [path for path in files.tree.within(chart.folder) if _PRODUCTION.fullmatch(path.rpartition("/")[2])]
    return values_of(files, _under(chart.folder, "values.yaml")), beside[0] if beside else ""


def enabled(dependency: Dependency, values: Value) -> bool:
    """Whether a dependency's condition holds: the first of its paths that the values decide; else yes."""
    for path in dependency.condition.split(","):
        here: Value | None = values
        for key in path.strip().split("."):
            here = here.pairs.get(key) if isinstance(here, Table) else None
        if isinstance(here, Said) and isinstance(here.value, bool):
            return here.value
    return True


def for_dependency(values: Value, dependency: Dependency, own: Value) -> Value:
    """What a dependency sees as its values: its own, the parent's for it, and the global ones."""
    pairs = values.pairs if isinstance(values, Table) else {}
    given = merged(own, pairs.get(dependency.alias, EMPTY))
    shared = merged(given.pairs.get("global", EMPTY) if isinstance(given, Table) else EMPTY, pairs.get("global", EMPTY))
    return merged(given, Table({"global": shared}, {}))


def _under(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name
