"""Monitoring configuration by its shape: Prometheus, Alertmanager, Grafana, OpenTelemetry; in files or objects."""

import re
from collections.abc import Iterator

from releasekit.errors import ParseError
from releasekit.facts.kubernetes.manifests import Manifest, is_templated, shifted
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node
from releasekit.syntax.yaml import Dialect, parse

# one of these keys at the start of a line, or the text is not worth parsing
_HINT = Expression(r"^\s*(?:- )?(?:scrape_configs|groups|receivers|rule_files|alertmanagers):", re.MULTILINE)
_HOST = Expression(r"(?:https?://)?(?P<host>[A-Za-z0-9](?:[\w.-]*\w)?)(?=:|/|$)")
_MONITORS = frozenset({"ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig", "PodMonitoring", "VMServiceScrape"})


def looks_like(text: str) -> bool:
    """Whether a YAML text may be monitoring configuration; cheap."""
    return bool(_HINT.search(text))


def of_document(document: Manifest) -> Iterator[Fact]:
    """Facts of one document of a configuration file, whichever of the known shapes it has."""
    node = document.node
    yield from _rules(document, node.at("groups"))
    yield from _jobs(document, node.at("scrape_configs"))
    for name, receiver in node.at("receivers").items():  # OpenTelemetry collector: a mapping by name
        if name.partition("/")[0] in {"prometheus", "prometheus_simple"}:
            yield from _jobs(document, receiver.at("config", "scrape_configs"))
    for instance in (node.at("metrics"), node.at("prometheus")):  # Grafana agent
        for config in instance.at("configs"):
            yield from _jobs(document, config.at("scrape_configs"))
    if node.at("route").is_map and node.at("receivers").is_list:  # Alertmanager
        for entry in node.at("receivers"):
            called = entry.at("name")
            if called.text:
                yield document.fact("alert_receiver", called.text, "alertmanager", called)


def _rules(document: Manifest, groups: Node) -> Iterator[Fact]:
    """Prometheus and Loki name a rule by ``alert``, Grafana's provisioning by ``title``; records are no alerts."""
    for group in groups:
        for rule in group.at("rules"):
            name = rule.at("alert") or (
                rule.at("title") if rule.at("condition") or rule.at("data") else rule.at("alert")
            )
            if name.text and not is_templated(name.text):
                severity = rule.at("labels", "severity").text
                yield document.fact("alert_rule", name.text, severity or None, name)


def _jobs(document: Manifest, jobs: Node) -> Iterator[Fact]:
    for job in jobs:
        name = job.at("job_name")
        if name.text and not is_templated(name.text):
            yield document.fact("monitoring", "scrape_job", name.text, name, _target(job))


def _target(job: Node) -> str | None:
    """The one host that a job scrapes; None when there are several, or the job finds them by itself."""
    targets = [target.text for config in job.at("static_configs") for target in config.at("targets")]
    hosts = {match["host"] for match in map(_HOST.match, targets) if match}
    if len(hosts) != 1:
        return None
    host = hosts.pop()
    return None if host in {"localhost", "127.0.0.1"} else host.partition(".")[0]


def of_manifest(manifest: Manifest) -> Iterator[Fact | Finding]:
    """Facts of a Kubernetes object that configures monitoring, or of the files inside a ConfigMap."""
    spec = manifest.node.at("spec")
    if manifest.kind in _MONITORS:
        yield manifest.fact("monitoring", manifest.kind.lower(), manifest.name, manifest.name_line, manifest.name)
    elif manifest.kind in {"PrometheusRule", "VMRule", "Rules", "ClusterRules"}:
        yield from _rules(manifest, spec.at("groups"))
    elif manifest.kind == "GrafanaDashboard":
        yield manifest.fact("monitoring", "dashboard", manifest.name, manifest.name_line)
    elif manifest.kind == "OpenTelemetryCollector":
        config = spec.at("config")
        if config.is_map:
            yield from of_document(Manifest(config, manifest.where, manifest.folder))
        else:
            yield from _embedded(manifest, config, "config.yaml")
        yield manifest.fact("monitoring", "collector", "otel-collector", manifest.name_line, None, "its kind")
    elif manifest.kind == "ConfigMap":
        for name, text in manifest.node.at("data").items():
            yield from _embedded(manifest, text, name)


def _embedded(manifest: Manifest, node: Node, name: str) -> Iterator[Fact | Finding]:
    """A file that stands as a text inside an object; its lines are counted on from the object's."""
    text = node.text
    if name.endswith(".json"):
        if '"panels"' in text:
            yield manifest.fact("monitoring", "dashboard", name, manifest.node.at("data").line_of(name))
        return
    if not looks_like(text):
        return
    source = manifest.place(node)
    try:
        documents = parse(text, source, Dialect.YAML_1_2)
    except ParseError as error:
        sentence = f"{name} inside {manifest.name} could not be read: {error.problems[0].what}"
        yield manifest.finding("not-analysed", Severity.WARNING, sentence, node)
        return
    where = shifted(manifest, node.line)
    for document in documents:
        yield from of_document(Manifest(document, where, manifest.folder))
