"""Helm releases as manifests: charts' templates worked out with their values, each line with where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from releasekit.errors import ParseError
from releasekit.facts.files import Files
from releasekit.facts.helm.bundled import Bundled
from releasekit.facts.helm.charts import Chart, dependencies, enabled, for_dependency, values_of
from releasekit.facts.helm.templates import Problem, Rendered, Renderer
from releasekit.facts.helm.templates import release as dot
from releasekit.facts.kubernetes.manifests import Manifest, Place, Where, looks_like, objects
from releasekit.facts.traced import EMPTY, UNKNOWN, Value, of_data
from releasekit.syntax.expression import Expression
from releasekit.syntax.gotemplate import Part, parse
from releasekit.syntax.yaml import Dialect
from releasekit.syntax.yaml import parse as parse_yaml

_KEY = Expression(r"^\s*(?:- )?[\w./-]+:\s*")


@dataclass(slots=True)
class Output:
    """What a release consists of; ``partial`` names the template files of which a part was not understood,
    ``missing`` the charts that lie elsewhere."""

    folder: str
    manifests: list[Manifest] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    partial: set[str] = field(default_factory=set)
    missing: list[Bundled] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """A chart with the values it sees."""

    chart: Chart
    alias: str
    values: Value

    @property
    def name(self) -> str:
        return self.alias or self.chart.name


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """A template file that writes objects; ``inner`` is its path inside the chart."""

    unit: _Unit
    path: str
    inner: str
    parts: tuple[Part, ...]


def render(files: Files, chart: Chart, known: dict[str, Chart], values: Value, name: str) -> Output:
    """All objects of a release called ``name``, those of the charts it takes along included."""
    out = Output(chart.folder)
    units = list(_units(files, _Unit(chart, "", values), known, out, name))
    renderer = Renderer({}, lambda path: files.text(f"{chart.folder}/{path}" if chart.folder else path))
    pages: list[_Page] = []
    for unit in reversed(units):  # a parent's named templates replace those of its dependencies
        for path in _templates(files, unit.chart):
            try:
                parts = parse(files.text(path), path)
            except ParseError as error:
                problem = error.problems[0]
                out.problems.append(Problem(problem.where or path, problem.what))
                continue
            renderer.define(parts, path)
            inner = path[len(unit.chart.folder) :].lstrip("/")
            renderer.named[f"{unit.name}/{inner}"] = (path, parts)
            if not path.rpartition("/")[2].startswith("_") and path.endswith((".yaml", ".yml", ".tpl")):
                pages.append(_Page(unit, path, inner, parts))
    for page in pages:
        if not page.unit.chart.is_library:
            _write(files, renderer, page, name, out)
    out.problems.extend(renderer.problems)
    return out


def _units(
    files: Files, unit: _Unit, known: dict[str, Chart], out: Output, release: str, depth: int = 0
) -> Iterator[_Unit]:
    yield unit
    if depth > 5:
        return
    for dependency in dependencies(unit.chart, known, files):
        if not enabled(dependency, unit.values):
            continue
        if dependency.folder is None:
            out.missing.append(Bundled(dependency, for_dependency(unit.values, dependency, EMPTY), release))
            continue
        chart = known[dependency.folder]
        own = values_of(files, f"{chart.folder}/values.yaml")
        inner = _Unit(chart, dependency.alias, for_dependency(unit.values, dependency, own))
        yield from _units(files, inner, known, out, release, depth + 1)


def _templates(files: Files, chart: Chart) -> list[str]:
    prefix = f"{chart.folder}/templates/" if chart.folder else "templates/"
    return [p for p in files.tree.paths if p.startswith(prefix) and p.endswith((".yaml", ".yml", ".tpl"))]


def _write(files: Files, renderer: Renderer, page: _Page, name: str, out: Output) -> None:
    unit, path = page.unit, page.path
    root = dot(unit.values, of_data(unit.chart.described(unit.alias)), name, unit.name, page.inner)
    renderer.partial = False
    made = renderer.file(page.parts, path, root)
    partial = renderer.partial
    for number, line in enumerate(made.lines):
        if line.strip().strip(UNKNOWN) == "" and UNKNOWN in line:
            made.lines[number] = ""  # a whole block may be missing here
            partial = True
    if partial:
        out.partial.add(path)
    for start, lines in _documents(made.lines):
        text = "\n".join(lines)
        if not looks_like(text):
            continue
        where = _where(files, made, path, start)
        try:
            documents = parse_yaml(text, path, Dialect.YAML_1_1)
        except ParseError as error:
            reason = f"what this template writes is not valid YAML: {error.problems[0].what}"
            out.problems.append(Problem(where(1, "").source, reason))
            continue
        for document in documents:
            out.manifests.extend(objects(document, where, out.folder))


def _documents(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of lines before it, its lines) of each document: one that is broken does not hide the others."""
    start = 0
    for number, line in enumerate(lines):
        if line.startswith("---"):
            yield start, lines[start:number]
            start = number + 1
    yield start, lines[start:]


def _where(files: Files, made: Rendered, path: str, start: int) -> Where:
    def where(line: int, text: str) -> Place:
        index = min(start + line - 1, len(made.lines) - 1)
        template = made.templates[index] or f"{path}:1"
        values = made.values[index]
        chosen = next((place for place in values if _says(files, place, text)), None)
        if chosen is None and _written(files, template, text):
            return Place(template, values)
        source = chosen or next((place for place in values if ".tpl:" not in place), template)
        if source == template:
            return Place(template, (), f"what {template} writes")
        others = tuple(place for place in (template, *values) if place != source)
        return Place(source, others, f"the value that {template} takes")

    return where


def _line(files: Files, place: str) -> str:
    path, _, number = place.rpartition(":")
    lines = files.text(path).split("\n")
    return lines[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(lines) else ""


def _says(files: Files, place: str, text: str) -> bool:
    """Whether the value on a line of a values file is part of the text, or the text part of the line."""
    line = _line(files, place)
    value = _KEY.sub("", line).partition(" #")[0].strip().strip("\"'-").strip()
    return bool(text) and (text in line or (len(value) > 1 and value in text))


def _written(files: Files, place: str, text: str) -> bool:
    return bool(text) and text in _line(files, place)
