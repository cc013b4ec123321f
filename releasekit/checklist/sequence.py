"""The steps of a release and of a rollback in an order that works: a graph over what has to be true before each.

Knows no way's commands: those come from `ways`, the database's from `database`.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter
from types import MappingProxyType

from releasekit.checklist import database, pipelines
from releasekit.checklist.context import Context
from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.ways import commands
from releasekit.checklist.ways.commands import Commands

# The line of the checklist at which an act's steps are shown.
ITEMS: Mapping[Act, str] = MappingProxyType({
    Act.CHECKOUT: "execution.new-version-deployed",
    Act.BUILD: "execution.new-version-deployed",
    Act.PUBLISH: "execution.new-version-deployed",
    Act.CONFIGURE: "execution.configuration-files-updated",
    Act.NOTE: "preparation.current-version-tagged",
    Act.STOP: "execution.servers-stopped",
    Act.BACKUP: "preparation.database-backup",
    Act.START: "execution.new-version-deployed",
    Act.RUN: "execution.new-version-deployed",
    Act.MIGRATE: "execution.migrations-executed",
    Act.DEPLOY: "execution.new-version-deployed",
    Act.SCALE: "execution.services-restarted",
    Act.WAIT: "execution.services-restarted",
    Act.CHECK: "execution.health-checks-verified",
    Act.BACK_HALT: "rollback-steps.stop-current-version",
    Act.BACK_STOP: "rollback-steps.stop-current-version",
    Act.BACK_SCHEMA: "rollback-steps.restore-database",
    Act.BACK_CHECKOUT: "rollback-steps.deploy-previous-version",
    Act.BACK_DEPLOY: "rollback-steps.deploy-previous-version",
    Act.BACK_SCALE: "rollback-steps.deploy-previous-version",
    Act.BACK_WAIT: "rollback-steps.deploy-previous-version",
    Act.BACK_CHECK: "rollback-steps.verify-rollback",
})  # fmt: skip
# What has to be done before an act, where it is part of the release: the artefact is made from the candidate's files;
# nothing stops before all is ready; the backup ends after the last write; migrations run in the new artefact.
_NEEDS: Mapping[Act, tuple[Act, ...]] = MappingProxyType({
    Act.CHECKOUT: (Act.NOTE,),
    Act.BUILD: (Act.CHECKOUT,),
    Act.PUBLISH: (Act.CHECKOUT, Act.BUILD),
    Act.CONFIGURE: (Act.CHECKOUT,),
    Act.NOTE: (),
    Act.STOP: (Act.NOTE, Act.BUILD, Act.PUBLISH, Act.CONFIGURE),
    Act.BACKUP: (Act.STOP,),
    Act.START: (Act.NOTE, Act.CONFIGURE, Act.STOP, Act.BACKUP),
    Act.RUN: (Act.START,),
    Act.MIGRATE: (Act.CHECKOUT, Act.BUILD, Act.PUBLISH, Act.CONFIGURE, Act.STOP, Act.BACKUP, Act.START, Act.RUN),
    Act.DEPLOY: (Act.CHECKOUT, Act.BUILD, Act.PUBLISH, Act.CONFIGURE, Act.NOTE, Act.STOP, Act.BACKUP, Act.MIGRATE),
    Act.SCALE: (Act.RUN, Act.DEPLOY),
    Act.WAIT: (Act.RUN, Act.DEPLOY, Act.SCALE),
    Act.CHECK: (Act.RUN, Act.DEPLOY, Act.WAIT),
    Act.BACK_HALT: (),
    Act.BACK_STOP: (Act.BACK_HALT,),
    Act.BACK_SCHEMA: (Act.BACK_STOP,),
    Act.BACK_CHECKOUT: (Act.BACK_HALT, Act.BACK_STOP, Act.BACK_SCHEMA),
    Act.BACK_DEPLOY: (Act.BACK_HALT, Act.BACK_STOP, Act.BACK_SCHEMA, Act.BACK_CHECKOUT),
    Act.BACK_SCALE: (Act.BACK_DEPLOY,),
    Act.BACK_WAIT: (Act.BACK_DEPLOY, Act.BACK_SCALE),
    Act.BACK_CHECK: (Act.BACK_DEPLOY, Act.BACK_WAIT),
})  # fmt: skip
# Where migrations run in what is deployed, they come after the deploy and before anything serves on the new schema.
_NEEDS_AFTER = MappingProxyType({
    **_NEEDS,
    Act.DEPLOY: tuple(act for act in _NEEDS[Act.DEPLOY] if act is not Act.MIGRATE),
    Act.MIGRATE: (*_NEEDS[Act.MIGRATE], Act.DEPLOY),
    Act.SCALE: (Act.DEPLOY, Act.MIGRATE),
    Act.WAIT: (Act.DEPLOY, Act.MIGRATE, Act.SCALE),
})  # fmt: skip


def sequence(c: Context) -> tuple[Step, ...]:
    """All steps, numbered in the order of doing; those of a rollback follow, numbered on."""
    way = commands(c)
    made = [*_forward(c, way), *_back(c, way)]
    after = not way.runs_new_first and any(step.act is Act.MIGRATE and step.command for step in made)
    made = list(_own(c, made))
    first = any(step.act is Act.MIGRATE and step.command for step in made) and not after
    steps = [replace(step, item=_item(step.act, migrates=first)) for step in made]
    return tuple(_numbered(steps, _NEEDS_AFTER if after else _NEEDS, c))


def _item(act: Act, *, migrates: bool) -> str:
    """Where an act is shown: what makes the artefact at the first line of the checklist that needs it."""
    if migrates and act in {Act.CHECKOUT, Act.BUILD, Act.PUBLISH}:
        return ITEMS[Act.MIGRATE]
    return ITEMS[act]


def _own(c: Context, steps: Sequence[Step]) -> Iterator[Step]:
    """A team's own step for an item stands in place of what was composed for it, once."""
    done: set[str] = set()
    for step in steps:
        own = c.release.steps.get(ITEMS[step.act])
        if own is None:
            yield step
        elif ITEMS[step.act] not in done:
            done.add(ITEMS[step.act])
            yield Step(step.act, "This team's step.", own.command, own.expect, "", minutes=own.minutes)


def _forward(c: Context, way: Commands) -> Iterator[Step]:
    yield from way.running()
    yield from _settings(c)
    if c.rollback.no_return:
        yield from list(way.stop()) or _unknown(Act.STOP, c, "stop the running version")
    yield from database.backup(c, way)
    if c.run is not None:
        yield from pipelines.started(c.run, c.release)
        yield from pipelines.lines(c.run)
    else:
        yield from _by_hand(c, way)
    yield from database.migrate(c, way)
    if c.rollback.no_return:
        yield from way.scale()
    yield from way.wait()
    yield from way.status()


def _by_hand(c: Context, way: Commands) -> Iterator[Step]:
    """What a person types where no pipeline releases."""
    if way.checkout:
        yield from _checkout(Act.CHECKOUT, c, c.release.candidate_revision, c.release.new)
    yield from way.artefact()
    yield from way.configure()
    yield from list(way.deploy()) or _unknown(Act.DEPLOY, c, f"deploy {c.release.new}")


def _back(c: Context, way: Commands) -> Iterator[Step]:
    if c.rollback.way is Back.NOTHING:
        return
    if c.rollback.way is Back.CODE:
        yield from way.halt()
    else:
        yield from (replace(step, act=Act.BACK_STOP) for step in way.stop())
    yield from database.schema_back(c, way)
    if way.checkout_back:
        yield from _checkout(Act.BACK_CHECKOUT, c, c.release.running_revision, way.old)
    yield from list(way.previous()) or _unknown(Act.BACK_DEPLOY, c, f"return to {way.old}")
    if c.rollback.way is not Back.CODE:
        yield from (replace(step, act=Act.BACK_SCALE) for step in way.scale())
    yield from (replace(step, act=Act.BACK_CHECK) for step in way.status())


def _checkout(act: Act, c: Context, revision: str, called: str) -> Iterator[Step]:
    """The files of a version, in the folder in which all commands are typed."""
    if not revision:
        yield Step(act, f"Check out {called}: its commit is not known.", warns=True)
        return
    command = shlex.join(("git", "switch", "--detach", revision))
    folder = c.release.path
    inside = "the root of a checkout of the repository"
    if folder != "." and act is Act.CHECKOUT:
        command = f"{command} && {shlex.join(('cd', folder))}"
        inside = f"{folder}/ of a checkout of the repository"
    text = f"Check out {called}; type this and all other commands in {inside}."
    yield Step(act, text, command, "HEAD is now at …")


def _settings(c: Context) -> Iterator[Step]:
    """What production has to be given before the new version starts; values are in no file."""
    new = [key for key in c.keys("feature_flag", "flag", "image", "dependency") if key.before is None]
    for key in new:
        if key.kind in {"secret", "setting"}:
            what = "Create the secret" if key.kind == "secret" else "Set"
            text = f"{what} {key.name} in {c.release.environment} before {c.release.new} starts."
            yield Step(Act.CONFIGURE, text, source=key.source, warns=True)


def _unknown(act: Act, c: Context, what: str) -> Iterator[Step]:
    """A step for which no command is known: who has to know it."""
    who = c.release.who("devops_engineer")
    title = c.deployment.title
    if not title:
        why = "no file, pipeline or guide says how this is deployed"
    else:
        why = f"it is deployed by {title} ({c.deployment.fact.source if c.deployment.fact else ''})"
    text = f"{what[0].upper()}{what[1:]}: no command is known; {why}. Ask {who}."
    yield Step(act, text, way=c.deployment.way, warns=True)


def _numbered(steps: Sequence[Step], needs: Mapping[Act, tuple[Act, ...]], c: Context) -> Iterator[Step]:
    """The steps sorted by what they need, ties in the order in which they were made; numbers and edges filled in."""
    acts = {act: [step for step in steps if step.act is act] for act in Act}
    present = [act for act in Act if acts[act]]
    graph = {act: [need for need in needs[act] if acts[need]] for act in present}
    number = 0
    last: dict[Act, int] = {}
    for act in _sorted(graph, present):
        direct = _direct(act, graph)
        before = tuple(sorted(last[need] for need in direct))
        for step in acts[act]:
            number += 1
            yield replace(step, number=number, waits_for=before, minutes=step.minutes or _minutes(c, step))
            before = (number,)
        last[act] = number


def _sorted(graph: Mapping[Act, Sequence[Act]], present: Sequence[Act]) -> list[Act]:
    """Acts in an order that keeps all edges; of those that are ready, the one that stands first in `Act`."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    ready: set[Act] = set()
    order: list[Act] = []
    while sorter.is_active():
        ready |= set(sorter.get_ready())
        act = min(ready, key=present.index)
        ready.remove(act)
        order.append(act)
        sorter.done(act)
    return order


def _direct(act: Act, graph: Mapping[Act, Sequence[Act]]) -> list[Act]:
    """The needs of an act that no other of its needs already waits for."""
    needs = graph[act]
    return [need for need in needs if not any(need in _all(other, graph) for other in needs if other is not need)]


def _all(act: Act, graph: Mapping[Act, Sequence[Act]]) -> set[Act]:
    found: set[Act] = set()
    for need in graph[act]:
        found |= {need, *_all(need, graph)}
    return found


def _minutes(c: Context, step: Step) -> int | None:
    own = c.release.steps.get(step.item)
    return own.minutes if own else None
