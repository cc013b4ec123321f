"""Which charts are released, by which name, with which values: Argo CD, Flux, helmfile, `helm upgrade` in scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from releasekit.errors import ParseError
from releasekit.facts.code import folder, join
from releasekit.facts.files import Files
from releasekit.facts.helm.charts import Chart, own_values, values_of
from releasekit.facts.helm.rendered import render
from releasekit.facts.kubernetes.manifests import Manifest, in_file
from releasekit.facts.places import aside
from releasekit.facts.projects.shells import given
from releasekit.facts.projects.shelltexts import blocks
from releasekit.facts.stages import is_chosen, is_production
from releasekit.facts.traced import EMPTY, Said, Table, Value, merged, of_node
from releasekit.syntax.node import ABSENT, Node
from releasekit.syntax.shell import Command
from releasekit.syntax.yaml import Dialect, parse

_VALUES_FILE = re.compile(
    r"(?:.*/)?(?:[\w-]+[-_.])?values(?:[-_.][\w.-]+)?\.ya?ml|(?:.*/)?[\w-]*(?:prod|live)[\w-]*\.ya?ml"
)
_APPLICATION = re.compile(r"^kind:\s*Application(?:Set)?\s*$", re.MULTILINE)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,51}[a-z0-9])?")


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A chart as it is installed. ``paths`` are its values files, ``inline`` what is set beside them; ``source`` says
    where that is written ("" when nothing does, and the chart's own name is taken). A ``plugin`` makes of it what it
    likes, which no file says."""

    folder: str
    name: str
    paths: tuple[str, ...] = ()
    inline: Value = EMPTY
    source: str = ""
    assumed: bool = False
    plugin: bool = False


def pointers(files: Files, charts: dict[str, Chart]) -> Iterator[Manifest]:
    """What says how something is deployed: Applications and HelmReleases, in files or written by a chart."""
    for path in files.tree.ending(".yaml", ".yml"):
        text = files.text(path)
        pointing = "argoproj.io" in text or "toolkit.fluxcd.io" in text
        if pointing and "{{" not in text and not aside(path):
            yield from in_file(files, path)
    for chart in charts.values():
        prefix = f"{chart.folder}/templates/".lstrip("/")
        inside = [path for path in files.tree.paths if path.startswith(prefix)]
        if any(_APPLICATION.search(files.text(path)) for path in inside):
            yield from render(files, chart, charts, own_values(files, chart)[0], chart.name).manifests


def applications(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest, Node]]:
    """(path, Application, source) of each folder that an Argo CD Application points to in a repository of manifests."""
    for manifest in manifests:
        if manifest.kind not in {"Application", "ApplicationSet"} or manifest.api != "argoproj.io":
            continue
        spec = manifest.node.at("spec")
        spec = spec.at("template", "spec") if manifest.kind == "ApplicationSet" else spec
        for source in (spec.at("source"), *spec.at("sources")):
            path = source.at("path").text
            if path and "{{" not in path:
                yield join("", path), manifest, source


def releases(files: Files, charts: dict[str, Chart], manifests: list[Manifest]) -> list[Release]:
    """One release for each chart that stands for itself: what is said about it, else its own name and values."""
    said: dict[str, list[Release]] = {}
    for release in (
        *_argo(charts, manifests),
        *_flux(charts, manifests),
        *_helmfile(files, charts),
        *_commands(files, charts),
    ):
        said.setdefault(release.folder, []).append(release)
    found = []
    for place, chart in charts.items():
        inside = any(place.startswith(f"{other}/charts/" if other else "charts/") for other in charts if other != place)
        if inside or chart.is_library or aside(chart.path):
            continue
        options = said.get(place, [])
        production = [r for r in options if any(is_production(text) for text in (r.name, r.source, *r.paths))]
        chosen = next(iter(production or options), None)
        found.append(chosen or Release(place, chart.name, assumed=True))
    return found


def values_for(files: Files, chart: Chart, release: Release) -> Value:
    """The values a release sees: the chart's, those of its files in order, those that are set beside."""
    values = own_values(files, chart)[0]
    for path in values_files(files, chart, release):
        values = merged(values, values_of(files, path))
    return merged(values, release.inline)


def values_files(files: Files, chart: Chart, release: Release) -> tuple[str, ...]:
    """The values files laid over the chart's own: those a person chose, those said, those for production beside it."""
    own = join(chart.folder, "values.yaml")
    named = [path for path in files.tree.ending(".yaml", ".yml") if path != own and _VALUES_FILE.fullmatch(path)]
    chosen = tuple(path for path in named if folder(path) == chart.folder and is_chosen(files, path))
    if files.chosen and chosen:
        return chosen
    production = own_values(files, chart)[1]
    return release.paths or ((production,) if release.assumed and production else ())


def _argo(charts: dict[str, Chart], manifests: list[Manifest]) -> Iterator[Release]:
    for path, manifest, source in applications(manifests):
        if path not in charts:
            continue
        if source.at("plugin").is_map:
            yield Release(path, manifest.name, source=manifest.place(manifest.name_line), plugin=True)
            continue
        helm = source.at("helm")
        named = helm.at("releaseName").text or manifest.name
        files = tuple(join(path, entry.text.removeprefix("$values/")) for entry in helm.at("valueFiles") if entry.text)
        inline = _inline(helm.at("valuesObject"), helm.at("values"), manifest)
        for parameter in helm.at("parameters"):
            inline = merged(inline, _set(parameter, manifest))
        yield Release(path, named, files, inline, manifest.place(manifest.name_line))


def _set(parameter: Node, manifest: Manifest) -> Value:
    """``helm.parameters``: a dotted path and a value."""
    keys = parameter.at("name").text.split(".")
    place = manifest.place(parameter.at("value") or parameter)
    value: Value = Said(parameter.at("value").value if parameter.at("value").is_scalar else None, (place,))  # type: ignore[arg-type]  # a scalar, as just asked
    for key in reversed(keys):
        value = Table({key: value}, {key: place})
    return value


def _inline(table: Node, text: Node, manifest: Manifest) -> Value:
    path, _, line = manifest.place(table or text or 0).rpartition(":")
    if table.is_map:
        return of_node(table, path)
    try:
        documents = parse(text.text, path, Dialect.YAML_1_1) if text.text else ()
    except ParseError:
        return EMPTY
    return _moved(of_node(documents[0], path), int(line)) if documents and documents[0].is_map else EMPTY


def _moved(value: Value, lines: int) -> Value:
    """The same value with its places further down: it stands inside another file."""

    def down(place: str) -> str:
        path, _, line = place.rpartition(":")
        return f"{path}:{int(line) + lines}"

    if isinstance(value, Table):
        pairs = {key: _moved(child, lines) for key, child in value.pairs.items()}
        return Table(pairs, {key: down(place) for key, place in value.places.items()})
    return replace(value, places=tuple(map(down, value.places))) if isinstance(value, Said) else value


def _flux(charts: dict[str, Chart], manifests: list[Manifest]) -> Iterator[Release]:
    for manifest in manifests:
        if manifest.kind != "HelmRelease":
            continue
        spec = manifest.node.at("spec")
        path = join("", spec.at("chart", "spec", "chart").text)
        if path in charts:
            named = spec.at("releaseName").text or manifest.name
            inline = _inline(spec.at("values"), ABSENT, manifest)
            yield Release(path, named, (), inline, manifest.place(manifest.name_line))


def _helmfile(files: Files, charts: dict[str, Chart]) -> Iterator[Release]:
    for path in files.tree.named("helmfile.yaml", "helmfile.yml"):
        if "{{" in files.text(path):
            continue
        for document in files.yaml(path, Dialect.YAML_1_1):
            for entry in document.at("releases"):
                place = join(folder(path), entry.at("chart").text)
                if place in charts and entry.at("name").text:
                    given = tuple(join(folder(path), value.text) for value in entry.at("values") if value.text)
                    yield Release(place, entry.at("name").text, given, EMPTY, f"{path}:{entry.at('name').line}")


def _commands(files: Files, charts: dict[str, Chart]) -> Iterator[Release]:
    """``helm upgrade --install NAME FOLDER -f VALUES`` in CI files, Makefiles, scripts and guides."""
    for path in _scripts(files):
        for block in blocks(files, path) if "helm" in files.text(path) else ():
            said = list(block.commands(files, path))
            for at, ran in enumerate(said):
                command = ran.command
                if command.program != "helm":
                    continue
                rest = (one.command for one in said[at + 1 :])
                then = next((one for one in rest if len(one.within) <= len(command.within)), None)
                applied = then is not None and then.operator == "|" and then.program in {"kubectl", "oc"}
                places = tuple(dict.fromkeys((ran.folder, "", folder(path))))
                yield from _command(files, charts, command, places, applied, f"{path}:{command.line}")


def _command(
    files: Files, charts: dict[str, Chart], command: Command, places: tuple[str, ...], applied: bool, source: str
) -> Iterator[Release]:
    """What one helm command installs; ``applied`` whether what it prints is given to a cluster."""
    words = [word.text for word in command.call[1:]]
    verb = next((word for word in words if word in {"upgrade", "install", "template"}), "template")
    if verb == "template" and not applied:
        return  # it is only looked at
    for name, target in pairwise(words):
        chart = next((place for place in (join(here, target) for here in places) if place in charts), "")
        if (chart or (target == "." and "" in charts)) and _NAME.fullmatch(name):
            listed = (part for value in given(words, ("-f", "--values")) for part in value.split(","))
            values = [value for value in listed if value.endswith((".yaml", ".yml"))]
            real = [place for value in values for here in places if (place := join(here, value)) in files.tree]
            yield Release(chart, name, tuple(dict.fromkeys(real)), EMPTY, source)
            return


def _scripts(files: Files) -> Iterator[str]:
    for path in files.tree.paths:
        name = path.rpartition("/")[2].lower()
        known = name in {".gitlab-ci.yml", "jenkinsfile", "makefile", "justfile", "taskfile.yml", "readme.md"}
        if known or name.endswith(".sh") or path.startswith((".github/workflows/", ".circleci/")):
            yield from () if aside(path) else (path,)
