"""Error tracking, metrics, tracing and APM that a project links in, told by its packages alone."""

import re
from collections.abc import Iterator
from dataclasses import replace

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.packages import lines

_B = r"(?<![\w./@-])"
# (what it is for, which product, the packages that bring it in)
PRODUCTS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, value, re.compile(pattern))
    for name, value, pattern in (
        (
            "error_tracking",
            "sentry",
            (
                rf"{_B}sentry-sdk|@sentry/(?!cli|webpack|vite|types)|sentry-(?:ruby|rails|sidekiq|logback|spring)|io\.sentry|getsentry/sentry-go"
                rf"|sentry/sentry|Include=\"Sentry|:sentry\b|^sentry(?:-\w+)?\s*=|{_B}raven\b"
            ),
        ),
        ("error_tracking", "rollbar", rf"{_B}rollbar\b|rollbar/rollbar|com\.rollbar"),
        ("error_tracking", "bugsnag", r"bugsnag"),
        ("error_tracking", "honeybadger", r"honeybadger"),
        ("error_tracking", "airbrake", r"airbrake|gobrake"),
        ("error_tracking", "raygun", r"raygun"),
        ("error_tracking", "appsignal", r"appsignal"),
        (
            "statsd",
            "statsd",
            rf"{_B}statsd(?:-ruby|-client|-instrument)?\b|hot-shots|node-statsd|smira/go-statsd|cadence\s*=|StatsdClient|micrometer-registry-statsd",
        ),
        (
            "metrics_endpoint",
            "prometheus",
            (
                rf"prometheus[-_]client|prometheus-fastapi-instrumentator|starlette[-_]exporter|django-prometheus|prometheus-flask-exporter"
                rf"|{_B}\"?(?:prom-client|express-prom-bundle|fastify-metrics|nestjs-prometheus|@willsoto/nestjs-prometheus)\b|prometheus/client_golang"
                rf"|micrometer-registry-prometheus|quarkus-micrometer-registry-prometheus|io\.prometheus|prometheus-net|prometheus[-_]exporter"
                rf"|yabeda-prometheus|prometheus_client_php|^(?:prometheus|metrics-exporter-prometheus|actix-web-prom|axum-prometheus)\s*="
                rf"|telemetry_metrics_prometheus|:prom_ex\b|OpenTelemetry\.Exporter\.Prometheus"
            ),
        ),
        (
            "tracing",
            "opentelemetry",
            (
                r"opentelemetry-(?:sdk|distro|exporter|instrumentation|api)|@opentelemetry/(?:sdk|api|auto|exporter|instrumentation)|go\.opentelemetry\.io/otel"
                r"|io\.opentelemetry|OpenTelemetry\.(?:Extensions|Exporter|Instrumentation)|open-telemetry/(?:sdk|api|exporter)|^opentelemetry[\w-]*\s*="
                r"|:opentelemetry\w*\b|['\"]opentelemetry[\w-]*['\"]|micrometer-tracing-bridge-otel"
            ),
        ),
        ("tracing", "zipkin", r"zipkin"),
        ("tracing", "jaeger", r"jaeger-client|uber/jaeger"),
        ("apm", "newrelic", rf"{_B}\"?newrelic(?:[-_]rpm)?\b|newrelic/go-agent|com\.newrelic|NewRelic\.Agent"),
        ("apm", "datadog", rf"{_B}ddtrace\b|dd-trace\b|dd-trace-go|Datadog\.Trace|gem ['\"]datadog['\"]|{_B}datadog\b"),
        ("apm", "elastic-apm", r"elastic-apm|apm-agent-|elasticapm|Elastic\.Apm"),
        ("apm", "scout", r"scout[-_]apm"),
        ("apm", "skylight", r"gem ['\"]skylight"),
        ("apm", "applicationinsights", r"(?i)applicationinsights|azure-monitor-opentelemetry"),
    )
)
_HINT = re.compile(
    "sentry|raven|roll|bug|honey|brake|raygun|appsignal|statsd|prom|telemetry|tracing|zipkin|jaeger|relic|data|dd|apm|sky|insight|hot|cadence|azure",
    re.IGNORECASE,
)


_OWN_NAME = re.compile(r"^\s*\"?(?:name|description|homepage|repository|module)\"?\s*[:=\s]")
# beyond this many projects, one fact says what all of them have
_EVERYWHERE = 2


def detect(files: Files) -> Iterator[Fact]:
    """One fact a project and product; tracing that nearly all projects link in is one fact for the repository."""
    found: dict[tuple[str, str], list[Fact]] = {}
    seen: set[tuple[str, str]] = set()
    for line in lines(files):
        if not _HINT.search(line.text) or _OWN_NAME.match(line.text):
            continue
        for name, value, pattern in PRODUCTS:
            match = pattern.search(line.text) if (line.scope, value) not in seen else None
            if match:
                seen.add((line.scope, value))
                how = "" if value in line.text.lower() else f"the package {match[0].strip()}"
                fact = Fact("monitoring", name, value, f"{line.path}:{line.number}", how=how, scope=line.scope)
                found.setdefault((name, value), []).append(fact)
    for (name, _), facts in found.items():
        if name == "tracing" and len(facts) > _EVERYWHERE:
            yield replace(facts[0], scope=None, also=tuple(fact.source for fact in facts[1:]))
        else:
            yield from facts
