"""What is looked at after the deployment: startup, journeys, metrics, logs, dashboards, and the rollback triggers."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about, some
from releasekit.checklist.model import Detail
from releasekit.checklist.ways import commands
from releasekit.checklist.words import listed, plural

_ERRORS = "error|exception|fatal|panic|traceback"


def startup(c: Context) -> Iterator[Detail]:
    """With which command each service starts, and what shows that it stays up."""
    own = [fact for fact in c.own if fact.name not in c.jobs]
    for fact in c.of("start_command"):
        yield about(fact, f"{fact.service or fact.name or 'It'} starts with:", code=str(fact.value))
    for fact in own:
        ports = c.service("port", fact.name)
        if ports:
            yield about(ports[0], f"{fact.name} listens on port {listed(dict.fromkeys(str(p.value) for p in ports))}.")
    for name in sorted(c.jobs):
        place = next((fact for fact in c.services if fact.name == name), None)
        if place:
            yield about(place, f"{name} has ended with exit status 0.")
    if not own:
        yield c.nothing("service that starts", "Compose files", "Kubernetes manifests", "Procfile", "start commands")


def user_journeys(c: Context) -> Iterator[Detail]:
    """The scripts that walk through the service as users do, and where users enter."""
    words = ("playwright", "cypress", "e2e", "newman", "journey", "smoke", "selenium")
    scripts = [
        fact for fact in c.of("test_command") if any(word in f"{fact.name} {fact.value}".lower() for word in words)
    ]
    for fact in scripts:
        yield about(fact, f"Script ({fact.name or fact.path}):", code=str(fact.value), expect="exit status 0")
    if not scripts:
        yield c.nothing("script of a user journey", *words[:4])
        yield Detail("Walk the journeys that matter most by hand, and note which.")
    for fact in c.of("host"):
        yield about(fact, f"Users enter at {fact.value}{f' ({fact.service})' if fact.service else ''}.")
    globs = c.release.reports.get("journeys")
    if globs:
        yield Detail("Report:", code=" ".join(globs))


def performance_metrics(c: Context) -> Iterator[Detail]:
    """The objectives, or what would give some."""
    yield from (Detail(f"{sentence}.") for sentence in c.release.objectives)
    if not c.release.objectives:
        yield Detail("No objective is set: configuration.metrics.objectives takes metric and criteria.", warns=True)
    if c.release.metrics:
        yield Detail(f"Measured at {c.release.metrics}.")
    for fact in c.of("monitoring"):
        if fact.name in {
            "metrics_endpoint",
            "prometheus_annotation",
            "scrape_job",
            "servicemonitor",
            "metrics",
            "statsd",
        }:
            yield about(
                fact, f"{fact.service or 'The service'} gives metrics ({fact.name.replace('_', ' ')}: {fact.value})."
            )


def error_logs(c: Context) -> Iterator[Detail]:
    """Where the logs are, and how to see errors since the deployment."""
    for fact in c.of("monitoring"):
        if fact.name in {"error_tracking", "log_shipping"}:
            yield about(
                fact, f"{fact.name.replace('_', ' ')}: {fact.value}; look for errors that are new in {c.release.new}."
            )
    if c.release.logs:
        yield Detail(f"Logs are asked at {c.release.logs}.")
    way = commands(c)
    logs = way.logs()
    for printing in logs:
        command = f"{printing} | grep -iE {shlex.quote(_ERRORS)}"
        yield Detail(
            "Errors of the last 15 minutes:",
            command,
            "nothing that was not there before",
            typed=way.as_it_stands(command),
        )
    if not logs and not c.release.logs:
        yield Detail("Where the logs are is not known: configuration.logs in the parameter file says it.")


def dashboards(c: Context) -> Iterator[Detail]:
    """Dashboards and alerts to look at."""
    boards = [fact for fact in c.of("monitoring") if fact.name in {"dashboard", "tracing", "apm", "metrics_endpoint"}]
    for fact in boards:
        yield about(fact, f"{fact.name.replace('_', ' ')}: {fact.value}{f' ({fact.service})' if fact.service else ''}.")
    rules = c.of("alert_rule")
    if rules:
        yield about(
            rules[0], f"{plural(len(rules), 'alert')} must be silent: {listed(fact.name for fact in rules[:12])}."
        )
    if not boards and not rules:
        yield c.nothing("dashboard or alert", "Grafana dashboards", "alert rules", "tracing")


def functionality_broken(c: Context) -> Iterator[Detail]:
    """What fires the trigger: failing health checks and alerts, or any person who says so."""
    checks = dict.fromkeys(fact.service for fact in c.of("healthcheck") if fact.service)
    if checks:
        yield about(c.of("healthcheck")[0], f"Fires when a health check keeps failing: {listed(checks)}.")
    yield from some((about(fact, f"Fires with the alert {fact.name}.") for fact in c.of("alert_rule")), "alerts")
    yield Detail("Any person of the team may say that it fired.")


def performance_degradation(c: Context) -> Iterator[Detail]:
    """Which metric, compared with what."""
    yield from (Detail(f"{sentence}.") for sentence in c.release.objectives)
    if c.release.objectives:
        yield Detail("Compared with the time before the deployment; no data means unknown, never clear.")
    else:
        yield Detail(
            "No objective is set, so no machine watches it: configuration.metrics.objectives takes one.", warns=True
        )


def vulnerabilities_exposed(c: Context) -> Iterator[Detail]:
    """What is scanned again while it runs."""
    scans = dict.fromkeys(fact.name for fact in c.of("scan"))
    if scans:
        yield about(c.of("scan")[0], f"Scan the running images again with {listed(scans)}.")
    own = {fact.name for fact in c.own}
    images = {str(fact.value): fact for fact in c.of("image") if fact.service in own}
    yield from some((about(fact, "Running image:", code=image) for image, fact in images.items()), "images", 8)
    if not scans:
        yield c.nothing("scanner", "dependency, image and code scanners in CI", "update bots")
    exposed = c.of("host")
    if exposed:
        yield about(
            exposed[0], f"Reachable from outside: {listed(dict.fromkeys(str(fact.value) for fact in exposed))}."
        )
