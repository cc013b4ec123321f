"""What follows a deployment for this service: a day of watching, figures, documents, lessons, the archive."""

from collections.abc import Iterator

from releasekit.checklist.context import Context, about, runbook
from releasekit.checklist.model import Detail
from releasekit.checklist.words import listed


def monitor(c: Context) -> Iterator[Detail]:
    """What to watch for a day."""
    yield from (Detail(f"{sentence}.") for sentence in c.release.objectives)
    rules = c.of("alert_rule")
    if rules:
        yield about(rules[0], f"Alerts: {listed(fact.name for fact in rules[:12])}.")
    for fact in c.of("cronjob"):
        yield about(fact, f"{fact.name} runs within the day ({fact.value}): look at its first run.")
    watched = [fact for fact in c.of("monitoring") if fact.name in {"error_tracking", "dashboard", "tracing"}]
    for fact in watched:
        yield about(fact, f"{fact.name.replace('_', ' ')}: {fact.value}.")
    if not c.release.objectives and not rules and not watched:
        yield c.nothing("metric or alert to watch", "alert rules", "dashboards", "error tracking")


def deployment_metrics(c: Context) -> Iterator[Detail]:
    """Which figures."""
    yield Detail("Minutes per phase, downtime, failed and repeated steps, beside what was expected.")
    if c.release.objectives:
        yield Detail(
            "Before, one hour after, a day after: " + listed(s.partition(":")[0] for s in c.release.objectives) + "."
        )


def deployment_documentation(c: Context) -> Iterator[Detail]:
    """Where the way of deploying is written down."""
    for fact in c.of("runbook"):
        yield runbook(fact)
    for fact in c.of("ci"):
        if str(fact.value) in {"deploy", "release"}:
            yield about(fact, f"Workflow ({fact.value}): {fact.name}.")
    if not c.of("runbook"):
        yield c.nothing("runbook", "runbook and deployment documents")
    yield Detail("Write down each step that was done otherwise than this list says.")


def retrospective(c: Context) -> Iterator[Detail]:
    """Who, and what about."""
    names = dict.fromkeys(c.release.team.values())
    if names:
        yield Detail(f"With {listed(names)}.")
    yield Detail(
        "From the run's log: what took longer than expected, what was waived, what was unknown; "
        "each action with owner and date."
    )


def archive(c: Context) -> Iterator[Detail]:
    """What is kept."""
    yield Detail("The run's notebook, Markdown, HTML and JSON, and the reports that counted as evidence.")
    globs = [glob for files in c.release.reports.values() for glob in files]
    if globs:
        yield Detail("Reports:", code=" ".join(globs))
    if c.of("datastore"):
        yield about(c.of("datastore")[0], "Keep the backup of before the deployment until the release is closed.")
