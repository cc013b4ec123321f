"""Helm charts: versions, what they take along, and the objects they write with the values of their release."""

from collections.abc import Iterator
from dataclasses import replace

from releasekit.facts.files import Files
from releasekit.facts.helm import bundled
from releasekit.facts.helm.bundled import Bundled
from releasekit.facts.helm.charts import Chart, charts, own_values
from releasekit.facts.helm.releases import Release, pointers, releases, values_files, values_for
from releasekit.facts.helm.rendered import Output, render
from releasekit.facts.kubernetes import cluster
from releasekit.facts.kubernetes.cluster import SCALERS
from releasekit.facts.kustomize.placeholders import names, replaced
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.places import aside
from releasekit.facts.stages import is_chosen
from releasekit.facts.traced import UNKNOWN, merged

# what may be wrong only because a part of a template was not understood
_ABSENCES = frozenset({"probe_missing", "resources_missing"})
_MOST = 12  # problems named one by one for a release


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Facts of every chart that stands for itself, rendered once under the name it is released by."""
    known = charts(files)
    for chart in known.values():
        if not aside(chart.path):
            yield from _versions(chart)
    if not known:
        return
    tagged = names(files)
    for release in releases(files, known, list(pointers(files, known))):
        chart = known[release.folder]
        given = values_files(files, chart, release)
        whole = not files.chosen or any(is_chosen(files, path) for path in (chart.path, *given))
        for said in replaced(_released(files, known, release), tagged):
            if whole or (isinstance(said, Fact) and is_chosen(files, said.path)):
                yield said
        if whole:
            yield _named(release, chart)
        if whole and not release.plugin:
            for path in (chart.path, *given):
                place = release.source if not release.assumed and release.source else f"{path}:1"
                yield Fact("production_file", path, _reason(release, path, chart), place, how="the chart is released")


def _named(release: Release, chart: Chart) -> Fact:
    """``helm_release``: the name that the chart is released under; its own name where nothing says one."""
    said = bool(release.source) and not release.assumed
    place, how = (release.source, "") if said else (f"{chart.path}:1", "the chart's own name: no file says another")
    return Fact(
        "helm_release",
        release.name,
        release.folder or ".",
        place,
        how=how or "a release of the chart",
        rule="said" if said else "assumed",
    )


def _reason(release: Release, path: str, chart: Chart) -> str:
    if release.source:
        return f"released as {release.name} by {release.source}"
    return "a chart that no other one takes along" if path == chart.path else "values for production beside the chart"


def _released(files: Files, known: dict[str, Chart], release: Release) -> Iterator[Fact | Finding]:
    chart = known[release.folder]
    if release.plugin:
        sentence = "a plugin makes the objects of this chart: what it deploys is not known"
        yield Finding("not-analysed", Severity.WARNING, sentence, (f"{chart.path}:1", release.source))
        return
    out = render(files, chart, known, values_for(files, chart, release), release.name)
    yield from _facts(release, out)
    yield from _scaled(files, known, release, out)
    for dependency in out.missing:
        yield from _missing(dependency)


def _versions(chart: Chart) -> Iterator[Fact]:
    for key in ("version", "appVersion"):
        node = chart.node.at(key)
        if node.text:
            yield Fact("version", chart.path, node.text, f"{chart.path}:{node.line}")


def _facts(release: Release, out: Output) -> Iterator[Fact | Finding]:
    elsewhere = {host: name for chart in out.missing for host, name in chart.hosts().items()}
    for said in cluster.facts(out.manifests, elsewhere):
        if isinstance(said, Fact) and said.kind == "namespace" and said.value == "default":
            continue  # only because no file says another
        if isinstance(said, Finding):
            if UNKNOWN not in said.sentence:
                yield said
            continue
        if any(UNKNOWN in str(part) for part in (said.name, said.value, said.service)):
            continue
        if said.kind in _ABSENCES and out.partial & {place.rpartition(":")[0] for place in (said.source, *said.also)}:
            continue
        yield replace(said, how=said.how or _how(release))
    for problem in out.problems[:_MOST]:
        yield Finding("not-analysed", Severity.WARNING, f"not understood: {problem.reason}", (problem.place,))
    if len(out.problems) > _MOST:
        rest = tuple(problem.place for problem in out.problems[_MOST:])
        sentence = f"{len(rest)} further places of the chart {release.folder or '.'} were not understood"
        yield Finding("not-analysed", Severity.WARNING, sentence, rest[:50])


def _scaled(files: Files, known: dict[str, Chart], release: Release, out: Output) -> Iterator[Fact]:
    """The number of replicas that the chart's own values ask for, where those for production leave it to a scaler."""
    scalers = {m.node.at("spec", "scaleTargetRef", "name").text for m in out.manifests if m.kind in SCALERS}
    if not scalers or not values_files(files, known[release.folder], release):
        return
    chart = known[release.folder]
    plain = render(files, chart, known, merged(own_values(files, chart)[0], release.inline), release.name)
    for said in cluster.facts(plain.manifests):
        if isinstance(said, Fact) and said.kind == "replicas" and said.service in scalers:
            yield replace(said, how="the chart's own values; those for production leave the number to an autoscaler")


def _how(release: Release) -> str:
    name = f"the release {release.name}"
    return f"{name}, as the chart is called" if release.assumed else f"{name} of {release.source}"


def _missing(chart: Bundled) -> Iterator[Fact | Finding]:
    """A chart that lies elsewhere: what it is called is known, of what it deploys only what the values say."""
    dependency = chart.dependency
    yield Fact("chart_dependency", dependency.alias, dependency.version.text or None, dependency.place)
    yield from bundled.facts(chart)
    sentence = f"the chart {dependency.name} lies in another repository: what it deploys is not known"
    yield Finding("not-analysed", Severity.NOTE, sentence, (dependency.place,))
