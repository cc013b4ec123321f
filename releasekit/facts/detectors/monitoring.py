"""Monitoring configuration in files of its own: Prometheus, Alertmanager, Grafana, OpenTelemetry collector, Loki."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.helm.charts import chart_folders, in_chart
from releasekit.facts.kubernetes.manifests import Manifest, Place, Where
from releasekit.facts.kubernetes.manifests import looks_like as is_kubernetes
from releasekit.facts.kubernetes.observability import looks_like, of_document
from releasekit.facts.model import Fact, Finding
from releasekit.facts.places import aside

_RULES = (".yaml", ".yml", ".rules", ".rule")


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Alert rules, scrape jobs and receivers of all files with such a shape; Grafana's dashboards by file."""
    charts = set(chart_folders(files))
    for path in files.tree.ending(*_RULES):
        if aside(path) or (charts and in_chart(path, charts) and "/templates/" in f"/{path}"):
            continue
        text = files.text(path)
        if looks_like(text) and not is_kubernetes(text):
            for document in files.yaml(path):
                yield from of_document(Manifest(document, _here(path), path.rpartition("/")[0]))
    for path in files.tree.ending(".json"):
        if ("dashboard" in path.lower() or "grafana" in path.lower()) and not aside(path):
            text = files.text(path)
            if '"panels"' in text and '"schemaVersion"' in text:
                name = path.rpartition("/")[2]
                yield Fact("monitoring", "dashboard", name, f"{path}:1", how="a Grafana dashboard")


def _here(path: str) -> Where:
    return lambda line, _text: Place(f"{path}:{line}")
