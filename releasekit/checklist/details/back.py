"""What each step back is for this service, in the order in which it can work."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about, listed, runbook
from releasekit.checklist.details.execution import check, stop_command
from releasekit.checklist.details.preparation import channel
from releasekit.checklist.details.scaling import scaled_up
from releasekit.checklist.details.schema import dump, restore, restores, saved
from releasekit.checklist.model import Detail
from releasekit.checklist.rollback import Way
from releasekit.facts.model import Fact


def stop_again(c: Context) -> Iterator[Detail]:
    """Stop the new version, last started first."""
    names = [fact.name for fact in reversed(c.services) if fact in c.own and fact.name not in c.jobs]
    command = stop_command(c, names) if names else ""
    if c.rollback.way is Way.CODE and c.deployment.cluster:
        yield Detail("Not needed before going back: the schema stays, and old pods replace new ones one by one.")
        for name in names:
            yield Detail(
                f"Halt a rollout of {name} that is still going on:",
                c.deployment.kubectl("rollout", "pause", f"{c.workload(name)}/{shlex.quote(name)}"),
            )
        return
    if names:
        yield Detail(f"In this order: {listed(names)}.")
    if command:
        yield Detail("Stop it:", command, "nothing of it runs any more")
    elif not names:
        yield c.nothing(
            "service that could be stopped", "Compose files", "Kubernetes manifests", "Procfile", "systemd units"
        )


def restore_database(c: Context) -> Iterator[Detail]:
    """Whether the database has to go back, how, and what is lost."""
    plan = c.rollback
    yield Detail(f"Way back: {plan.way}.", warns=plan.way in {Way.RESTORE, Way.FORWARD, Way.UNKNOWN})
    if plan.way is Way.DOWNGRADE:
        if plan.downgrade:
            yield Detail("Take the schema back instead of restoring:", plan.downgrade, "exit status 0")
        else:
            yield Detail("Undo the new migrations with the migration tool, the newest first.", warns=True)
        return
    if plan.way is Way.CODE:
        yield Detail("Not needed for the schema: the old version runs on it. Restore only when data was corrupted.")
    if plan.lost:
        yield Detail(plan.lost, warns=True)
    known = restores(c)
    yield from map(saved, known)
    for fact in c.of("datastore"):
        command = restore(c, fact)
        if command and not known:
            text = f"{fact.name} ({fact.value}); no restore command found; this one reads the dump of before:"
            yield about(fact, text, command, "exit status 0")
        elif not known and (c.of("backup") or dump(c, fact)):
            yield about(fact, f"{fact.name} ({fact.value}) from the backup of this release.")
        elif not known:
            yield about(fact, f"{fact.name} ({fact.value}): no dump of it is known, so there is none to read back.")
    for fact in c.of("runbook"):
        yield runbook(fact)


def deploy_previous(c: Context) -> Iterator[Detail]:
    """The version to return to, with the command that brings it back."""
    release, way = c.release, c.deployment
    if c.change.first:
        yield Detail("There is no previous version: take the service out instead.", warns=True)
        return
    if not release.old:
        yield Detail("Which version to return to is not known; note it before the deployment.", warns=True)
    else:
        sha = f" (commit {release.running_sha[:12]})" if release.running_sha else ""
        assumed = ", assumed to be what runs now" if release.running_assumed else ""
        yield Detail(f"Return to {release.old}{sha}{assumed}.", warns=release.running_assumed)
    old = shlex.quote(release.running_tag or release.running_sha[:12] or "THE_RUNNING_VERSION")
    own = [fact for fact in c.own if fact.name not in c.jobs]
    if way.way == "compose":
        yield Detail("The files of that version:", f"git switch --detach {old}", "HEAD is now at ...")
        action = ("up", "-d", "--build", "--wait") if c.of("build") else ("up", "-d", "--wait")
        names = [shlex.quote(fact.name) for fact in own]
        yield Detail("Deploy them:", way.compose(*action, "--no-deps", *names), "every service is Healthy or Started")
    elif way.way == "helm":
        yield Detail(
            "Which revision ran before:", f"helm history {release.service}", "the revision marked superseded last"
        )
        yield Detail(
            "Back to it:", f"helm rollback {release.service} REVISION --wait --timeout 10m", "Rollback was a success"
        )
    elif way.cluster:
        yield Detail("The manifests of that version:", f"git switch --detach {old}", "HEAD is now at ...")
        yield Detail(
            "Apply what runs, not what migrates:", way.kubectl("apply", *_targets(c)), "configured or unchanged"
        )
        if c.rollback.way is not Way.CODE:
            yield from scaled_up(c, own)
        for fact in own:
            target = f"{c.workload(fact.name)}/{shlex.quote(fact.name)}"
            yield about(
                fact,
                f"{fact.name} is back:",
                way.kubectl("rollout", "status", target, "--timeout=10m", service=fact.name),
                "successfully rolled out",
            )
    elif way.way == "heroku":
        yield Detail("Back:", "heroku rollback", "Rolled back")
    for fact in c.of("image"):
        if fact.service in {one.name for one in own} and fact.service in {f.service for f in c.of("image_unpinned")}:
            yield about(
                fact,
                f"{fact.service} has no fixed tag: deploy the old image by its digest.",
                code=str(fact.value),
                warns=True,
            )


def _targets(c: Context) -> list[str]:
    """What kubectl is given to bring the old version back: the overlay, else the files without those of the jobs."""
    way, jobs = c.deployment, {fact.path for fact in c.services if fact.name in c.jobs}
    if way.way == "kustomize":
        return ["-k", shlex.quote(way.folders[0] if way.folders else ".")]
    apart = jobs - {fact.path for fact in c.services if fact.name not in c.jobs}
    return [part for path in way.files if path not in apart for part in ("-f", shlex.quote(path))]


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
