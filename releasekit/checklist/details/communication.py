"""Whom to tell what and where, before, during and after; and the four signatures."""

from collections.abc import Iterator

from releasekit.checklist.context import Context, about, runbook
from releasekit.checklist.details.preparation import channel
from releasekit.checklist.model import Detail
from releasekit.checklist.words import listed, plural


def announcement(c: Context) -> Iterator[Detail]:
    """The announcement with what is in it."""
    yield from channel(c, "announcement", "stakeholders")
    start, end = c.release.window
    when = f"from {start} to {end}" if start else "at a time still to be set"
    yield Detail(f"{c.release.service} {c.release.new} goes to {c.release.environment} {when}.")
    hosts = dict.fromkeys(str(fact.value) for fact in c.of("host"))
    if hosts:
        yield about(c.of("host")[0], f"Users may notice it at {listed(hosts)}.")
    if c.rollback.no_return:
        yield Detail("The service is not available while the schema changes; say for how long.", warns=True)


def support(c: Context) -> Iterator[Detail]:
    """What support has to know."""
    yield from channel(c, "support", "announcement")
    yield from _news(c)
    for fact in c.of("runbook"):
        yield runbook(fact)


def customer_service(c: Context) -> Iterator[Detail]:
    """What customers may ask about."""
    yield from channel(c, "customer_service", "support")
    yield from _news(c)
    yield Detail("Leave the link to their note or questions and answers here.")


def _news(c: Context) -> Iterator[Detail]:
    for fact in c.of("changelog")[:1]:
        yield about(fact, f"What is new stands in {fact.name}, section {c.release.new}.")
    flags = [key for key in c.change.keys if key.kind in {"feature_flag", "flag"}]
    if flags:
        yield Detail(f"Flags that changed: {listed(key.name for key in flags)}.", source=flags[0].source)


def monitoring_team(c: Context) -> Iterator[Detail]:
    """Which alerts may go off, and for how long."""
    yield from channel(c, "monitoring", "operations", "announcement")
    rules = c.of("alert_rule")
    if rules:
        names = listed(fact.name for fact in rules[:12])
        yield about(rules[0], f"Silence for the window, no longer: {names}.")
    else:
        yield c.nothing("alert rule", "Prometheus rules", "PrometheusRule objects", "Grafana alerts")


def status_updates(c: Context) -> Iterator[Detail]:
    """Where, and how often for the window at hand."""
    yield from channel(c, "status", "deployment", "announcement")
    deploy = c.release.minutes.get("deploy")
    if deploy:
        count = plural(max(1, deploy // 15), "update")
        yield Detail(f"{count} in the {deploy} minutes of the deployment, then until it is verified.")


def escalation(c: Context) -> Iterator[Detail]:
    """Who is called, in which order."""
    yield from channel(c, "escalation", "deployment", "announcement")
    roles = ("devops_engineer", "technical_lead", "release_manager")
    named = [f"{c.release.team[role]} ({role.replace('_', ' ')})" for role in roles if role in c.release.team]
    order = c.release.escalation or named
    if order:
        yield Detail(f"In this order: {listed(order)}.")
    else:
        yield Detail("Nobody is named to escalate to: configuration.escalation in the parameter file does.", warns=True)
    owners = dict.fromkeys(str(fact.value or fact.name) for fact in c.of("owner"))
    if owners:
        yield about(c.of("owner")[0], f"Owners of the code: {listed(owners)}.")


def progress(c: Context) -> Iterator[Detail]:
    """The channel of the deployment itself."""
    yield from channel(c, "deployment", "status", "announcement")


def outcome_notice(c: Context) -> Iterator[Detail]:
    """To whom, with which words."""
    yield from channel(c, "announcement", "stakeholders")
    old = c.release.old or "the version before"
    where = c.release.environment
    yield Detail(f"{c.release.service} {c.release.new} in {where}: deployed, or rolled back to {old}.")


def metrics_shared(c: Context) -> Iterator[Detail]:
    """Which metrics."""
    yield from channel(c, "metrics", "announcement", "stakeholders")
    if c.release.objectives:
        yield Detail("Before and after, of: " + listed(s.partition(":")[0] for s in c.release.objectives) + ".")
    else:
        yield Detail("No objective is set, so there is no table to share: configuration.metrics.objectives takes one.")


def review_scheduled(c: Context) -> Iterator[Detail]:
    """Who takes part."""
    names = dict.fromkeys(c.release.team.values())
    yield Detail(f"Invite {listed(names)}." if names else "Invite the team; nobody is named in configuration.team.")


def documentation(c: Context) -> Iterator[Detail]:
    """Which documents changed, and what changed without them."""
    documents = c.touched("docs/", "readme", "runbook", ".md")
    if documents:
        yield Detail(f"Changed with this release: {listed(documents[:12])}.")
    elif c.compares:
        yield Detail(f"No document changed between {c.release.old} and {c.release.new}.", warns=bool(c.change.keys))
    undocumented = c.keys("dependency", "image")
    for key in undocumented[:12]:
        yield Detail(f"Describe {key.kind.replace('_', ' ')} {key.name}.", source=key.source)
    for fact in c.of("runbook"):
        yield runbook(fact)
    if not documents and not undocumented and not c.of("runbook"):
        yield Detail("Look whether commands, ports or settings that the documents name are still right.")


def sign_off(c: Context, role: str) -> Iterator[Detail]:
    """What a role signs."""
    if role not in c.release.team:
        yield Detail(f"Nobody is named: configuration.team.{role} in the parameter file names the person.")
    yield Detail(
        f"Signs for {c.release.service} {c.release.new} to {c.release.environment}, way back: {c.rollback.way}."
    )
