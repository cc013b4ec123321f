"""What each step back is for this service, in the order in which it can work."""

from collections.abc import Iterator

from releasekit.checklist.context import Context, about, runbook, unused
from releasekit.checklist.database import is_script, restoring
from releasekit.checklist.details.checks import check, stops
from releasekit.checklist.details.preparation import channel
from releasekit.checklist.details.schema import known_restores, saved
from releasekit.checklist.model import Detail
from releasekit.checklist.pipelines import again
from releasekit.checklist.rollback import Way
from releasekit.checklist.ways import commands
from releasekit.facts.model import Fact


def stop_again(c: Context) -> Iterator[Detail]:
    """Whether the new version has to stop before going back."""
    if c.rollback.way is Way.CODE:
        yield Detail("The new version need not be stopped first: the schema stays, and the old one replaces it.")
        yield from stops(c)
    elif not c.own:
        yield c.nothing("service that could be stopped", "deployment files", "Procfile", "systemd units")


def restore_database(c: Context) -> Iterator[Detail]:
    """Whether the database has to go back, how, and what is lost."""
    plan = c.rollback
    yield Detail(f"To roll back: {plan.way}.", warns=plan.way in {Way.RESTORE, Way.FORWARD, Way.UNKNOWN})
    if plan.way is Way.DOWNGRADE:
        return
    if plan.way is Way.CODE:
        yield Detail("Not needed for the schema: the old version runs on it. Restore only when data was corrupted.")
        for step in restoring(c, commands(c)):
            yield Detail(step.text + step.told, step.command, step.expect, step.source, typed=True)
    if plan.lost:
        yield Detail(plan.lost, warns=True)
    known = known_restores(c)
    yield from (saved(fact) for fact in known if not is_script(fact))
    if not known and not c.of("datastore") and c.beside("datastore"):
        fact = c.beside("datastore")[0]
        yield unused(fact, f"The service stores data in {fact.value}; no command that restores it is known")
    for fact in c.of("runbook"):
        yield runbook(fact)


def deploy_previous(c: Context) -> Iterator[Detail]:
    """The version to return to."""
    release = c.release
    if c.change.first:
        yield Detail("There is no previous version: take the service out instead.", warns=True)
        return
    if not release.old:
        yield Detail("Which version to return to is not known; note it before the deployment.", warns=True)
    else:
        sha = f" (commit {release.running_sha[:12]})" if release.running_sha else ""
        assumed = ", assumed to be what runs now" if release.running_assumed else ""
        yield Detail(f"Return to {release.old}{sha}{assumed}.", warns=release.running_assumed)
    for step in again(c.run, release) if c.run else ():
        yield Detail(step.text + step.told, step.command, step.expect, step.source, typed=True)
    own = [fact for fact in c.own if fact.name not in c.jobs]
    for fact in c.of("image"):
        if fact.service in {one.name for one in own} and fact.service in {f.service for f in c.of("image_unpinned")}:
            yield about(
                fact,
                f"{fact.service} has no fixed tag: deploy the old image by its digest.",
                code=str(fact.value),
                warns=True,
            )


def verify_rollback(c: Context) -> Iterator[Detail]:
    """The same checks as after the deployment, against what was normal before it."""
    yield Detail(
        "Health, startup, journeys, metrics and logs again as after the deployment, against the values from before it."
    )
    checks: dict[str, Fact] = {}
    for fact in c.of("healthcheck"):
        checks.setdefault(fact.service or "", fact)
    for fact in checks.values():
        yield check(c, fact)
    if c.release.old:
        yield Detail(f"The service says that it is {c.release.old}.")
    for migration in c.change.migrations[:1]:
        if c.rollback.way in {Way.RESTORE, Way.DOWNGRADE}:
            yield Detail(f"The schema is as before {migration.revision}.", source=migration.source or migration.path)


def update_dns(c: Context) -> Iterator[Detail]:
    """The names that users reach the service by, and whether they have to move at all."""
    for fact in c.of("host"):
        yield about(fact, f"{fact.value}{f' leads to {fact.service}' if fact.service else ''}.")
    proxies = [fact for fact in c.services if fact.value == "proxy"]
    for fact in proxies:
        yield about(fact, f"{fact.name} passes requests on: it follows the service by its name.")
    if c.deployment.way in {"compose", "swarm"} or c.deployment.cluster:
        yield Detail("The version is changed in place behind the same name, so DNS stays as it is.")
    if not c.of("host"):
        yield c.nothing("public host", "Ingress and Gateway rules", "proxy labels", "proxy configuration")


def notify_rollback(c: Context) -> Iterator[Detail]:
    """Who is told, and what is lost."""
    yield from channel(c, "stakeholders", "announcement")
    old = c.release.old or "the version before"
    yield Detail(f"Say which trigger fired, that {c.release.service} returns to {old}, and when it is over.")
    if c.rollback.lost:
        yield Detail(f"Say this as well: {c.rollback.lost}")
