"""Error tracking, metrics, tracing and APM that a project links in, told by its packages alone."""

import re
from collections.abc import Iterator
from dataclasses import replace

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.commandlines import kind_of
from releasekit.facts.projects.packages import lines
from releasekit.syntax.expression import Expression

_B = r"(?<![\w./@-])"
# (what it is for, which product, words of which one stands in each of those packages, the packages that bring it in)
PRODUCTS: tuple[tuple[str, str, tuple[str, ...], Expression], ...] = tuple(
    (name, value, tuple(words.split()), Expression(pattern))
    for name, value, words, pattern in (
        (
            "error_tracking",
            "sentry",
            "sentry raven",
            (
                rf"{_B}sentry-sdk|@sentry/(?!cli|webpack|vite|types)|sentry-(?:ruby|rails|sidekiq|logback|spring)|io\.sentry|getsentry/sentry-go"
                rf"|sentry/sentry|Include=\"Sentry|:sentry\b|^sentry(?:-\w+)?\s*=|{_B}raven\b"
            ),
        ),
        ("error_tracking", "rollbar", "rollbar", rf"{_B}rollbar\b|rollbar/rollbar|com\.rollbar"),
        ("error_tracking", "bugsnag", "bugsnag", r"bugsnag"),
        ("error_tracking", "honeybadger", "honeybadger", r"honeybadger"),
        ("error_tracking", "airbrake", "airbrake gobrake", r"airbrake|gobrake"),
        ("error_tracking", "raygun", "raygun", r"raygun"),
        ("error_tracking", "appsignal", "appsignal", r"appsignal"),
        (
            "statsd",
            "statsd",
            "statsd hot-shots cadence",
            rf"{_B}statsd(?:-ruby|-client|-instrument)?\b|hot-shots|node-statsd|smira/go-statsd|cadence\s*=|StatsdClient|micrometer-registry-statsd",
        ),
        (
            "metrics_endpoint",
            "prometheus",
            "prom starlette fastify",
            (
                rf"prometheus[-_]client|prometheus-fastapi-instrumentator|starlette[-_]exporter|django-prometheus|prometheus-flask-exporter"
                rf"|{_B}\"?(?:prom-client|express-prom-bundle|fastify-metrics|nestjs-prometheus|@willsoto/nestjs-prometheus)\b|prometheus/client_golang"
                rf"|micrometer-registry-prometheus|quarkus-micrometer-registry-prometheus|io\.prometheus|prometheus-net|prometheus[-_]exporter"
                rf"|yabeda-prometheus|prometheus_client_php|^(?:prometheus|metrics-exporter-prometheus|actix-web-prom|axum-prometheus)\s*="
                rf"|telemetry_metrics_prometheus|opentelemetry-exporter-prometheus|@opentelemetry/exporter-prometheus|otel/exporters/prometheus|:prom_ex\b|OpenTelemetry\.Exporter\.Prometheus"
            ),
        ),
        (
            "tracing",
            "opentelemetry",
            "telemetry micrometer",
            (
                r"opentelemetry-(?:sdk|distro|exporter|instrumentation|api)|@opentelemetry/(?:sdk|api|auto|exporter|instrumentation)|go\.opentelemetry\.io/otel"
                r"|io\.opentelemetry|OpenTelemetry\.(?:Extensions|Exporter|Instrumentation)|open-telemetry/(?:sdk|api|exporter)|^opentelemetry[\w-]*\s*="
                r"|:opentelemetry\w*\b|['\"]opentelemetry[\w-]*['\"]|micrometer-tracing-bridge-otel"
            ),
        ),
        (
            "tracing",
            "google-cloud-trace",
            "trace",
            rf"spring-cloud-gcp-starter-trace|{_B}\"?(?:google-cloud-trace|@google-cloud/trace-agent)\b|cloud\.google\.com/go/trace",
        ),
        ("tracing", "xray", "xray", r"aws-xray-sdk|aws-xray-recorder"),
        ("tracing", "zipkin", "zipkin", r"zipkin"),
        ("tracing", "jaeger", "jaeger", r"jaeger-client|uber/jaeger"),
        (
            "apm",
            "newrelic",
            "newrelic",
            rf"{_B}\"?newrelic(?:[-_]rpm)?\b|newrelic/go-agent|com\.newrelic|NewRelic\.Agent",
        ),
        (
            "apm",
            "datadog",
            "ddtrace dd-trace datadog",
            rf"{_B}ddtrace\b|dd-trace\b|dd-trace-go|Datadog\.Trace|gem ['\"]datadog['\"]|{_B}datadog\b",
        ),
        ("apm", "elastic-apm", "apm", r"elastic-apm|apm-agent-|elasticapm|Elastic\.Apm"),
        (
            "metrics",
            "micrometer",
            "micrometer",
            r"micrometer-registry-(?!prometheus|statsd)[\w-]+|quarkus-micrometer-registry-(?!prometheus|statsd)[\w-]+",
        ),
        ("log_shipping", "logtail", "logtail", r"logtail"),
        (
            "log_shipping",
            "loki",
            "loki",
            r"(?:winston|pino|serilog\.sinks\.grafana)[-.]loki|loki-logback|loki4j|Serilog\.Sinks\.Grafana\.Loki",
        ),
        ("log_shipping", "papertrail", "syslog papertrail", r"remote_syslog_logger|winston-papertrail"),
        ("log_shipping", "loggly", "loggly", r"winston-loggly|logglyclient|loggly-python"),
        (
            "log_shipping",
            "fluentd",
            "fluent logback",
            rf"{_B}\"?fluent-logger\b|fluent/fluent-logger|logback-more-appenders",
        ),
        (
            "log_shipping",
            "cloudwatch",
            "cloudwatch watchtower aws",
            r"winston-cloudwatch|cloudwatchlogs?-logback|watchtower\b|AWS\.Logger",
        ),
        ("log_shipping", "seq", "serilog", r"Serilog\.Sinks\.Seq"),
        ("apm", "scout", "scout", r"scout[-_]apm"),
        ("apm", "skylight", "skylight", r"gem ['\"]skylight"),
        (
            "apm",
            "applicationinsights",
            "applicationinsights azure-monitor",
            r"(?i)applicationinsights|azure-monitor-opentelemetry",
        ),
    )
)


_OWN_NAME = Expression(r"^\s*\"?(?:name|description|homepage|repository|module)\"?\s*[:=\s]")
# where a collector is deployed, one fact says that all projects send to it
_COLLECTOR = Expression(
    r"image:\s*\S*(?:opentelemetry-collector|otel-?col|otel/|grafana/(?:agent|alloy))|COLLECTOR\w*IMAGE", re.IGNORECASE
)


def detect(files: Files) -> Iterator[Fact]:
    """One fact a project and product; tracing that nearly all projects link in is one fact for the repository."""
    found: dict[tuple[str, str], list[Fact]] = {}
    seen: set[tuple[str, str]] = set()
    lower = "\n".join(line.text for line in lines(files)).lower()
    products = [product for product in PRODUCTS if any(word in lower for word in product[2])]
    for line in lines(files):
        text = line.text.lower()
        told = [product for product in products if any(word in text for word in product[2])]
        for name, value, _, pattern in told if not _OWN_NAME.match(line.text) else ():
            match = pattern.search(line.text) if (line.scope, value) not in seen else None
            if match:
                seen.add((line.scope, value))
                how = "" if value in text else f"the package {match[0].strip()}"
                if value == "micrometer":
                    value = match[0].removeprefix("quarkus-")  # noqa: PLW2901 - the registry says where the metrics go
                fact = Fact("monitoring", name, value, f"{line.path}:{line.number}", how=how, scope=line.scope)
                found.setdefault((name, value), []).append(fact)
    linked = {fact.scope for fact in found.get(("tracing", "opentelemetry"), ())}
    collected = len(linked) > 1 and _collects(files)
    for (name, value), facts in found.items():
        if value == "google-cloud-trace":  # beside OpenTelemetry it is only where the traces go
            yield from (fact for fact in facts if fact.scope not in linked)
        elif name == "tracing" and len(facts) > 1 and collected:
            yield replace(facts[0], scope=None, also=tuple(fact.source for fact in facts[1:]))
        else:
            yield from facts


def _collects(files: Files) -> bool:
    return any(
        kind_of(path) in {"compose", "manifest"} and _COLLECTOR.search(files.text(path)) for path in files.tree.paths
    )
