"""Helm charts: versions, what they take along, and the objects they write with the values of their release."""

from collections.abc import Iterator
from dataclasses import replace

from releasekit.facts import cluster, images
from releasekit.facts.charts import Chart, Dependency, charts
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.places import aside
from releasekit.facts.releases import Release, pointers, releases, values_for
from releasekit.facts.rendered import Output, render
from releasekit.facts.traced import UNKNOWN

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
    for release in releases(files, known, list(pointers(files, known))):
        chart = known[release.folder]
        if release.plugin:
            sentence = "a plugin makes the objects of this chart: what it deploys is not known"
            yield Finding("not-analysed", Severity.WARNING, sentence, (f"{chart.path}:1", release.source))
            continue
        out = render(files, chart, known, values_for(files, chart, release), release.name)
        yield from _facts(release, out)
        for dependency in out.missing:
            yield from _missing(dependency)


def _versions(chart: Chart) -> Iterator[Fact]:
    for key in ("version", "appVersion"):
        node = chart.node.at(key)
        if node.text:
            yield Fact("version", chart.path, node.text, f"{chart.path}:{node.line}")


def _facts(release: Release, out: Output) -> Iterator[Fact | Finding]:
    for said in cluster.facts(out.manifests):
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


def _how(release: Release) -> str:
    name = f"the release {release.name}"
    return f"{name}, as the chart is called" if release.assumed else f"{name} of {release.source}"


def _missing(dependency: Dependency) -> Iterator[Fact | Finding]:
    """A chart that lies elsewhere: what it is called is known, what it deploys is not."""
    place = dependency.place
    yield Fact("chart_dependency", dependency.alias, dependency.version.text or None, place)
    store = images.stores(dependency.name)
    if store:
        yield Fact("datastore", dependency.alias, store[0], place, dependency.alias, (), "a well-known chart")
    sentence = f"the chart {dependency.name} lies in another repository: what it deploys is not known"
    yield Finding("not-analysed", Severity.NOTE, sentence, (place,))
