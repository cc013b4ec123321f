"""Which run is meant: the open one of this release, or a successor that says what changed. Executes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from releasekit.errors import StoreError
from releasekit.plan.model import Plan
from releasekit.run.events import Actor
from releasekit.run.log import DamagedError, RunLine
from releasekit.run.replay import replay
from releasekit.run.run import Run
from releasekit.run.state import ItemState, RunState
from releasekit.run.store import OpenError, Store

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a run the same run. ``commit`` is the candidate's full hash, "" where it cannot be known."""

    service: str
    version: str
    environment: str
    parameters_hash: str
    commit: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that was resumed or begun; ``changed`` are sentences that say why it is not the run before it."""

    run: Run
    resumed: bool
    changed: tuple[str, ...] = ()
    successor_of: str = ""


def open_run(
    store: Store,
    identity: Identity,
    parameters: Mapping[str, Any],
    actor: Actor,
    now: datetime | None = None,
    *,
    base: str = "",
    made_with: Callable[[], Mapping[str, Any]] = dict,
) -> Opened:
    """Resume the open run of this identity, or begin one.

    Where an open run of the same service, version and environment differs, it is closed and a successor begun, in one
    transaction: people's answers come over as proposals that name the old run; evidence and signatures do not.
    ``parameters`` are JSON data without secrets; ``base`` is where their relative paths start, itself relative to the
    folder of records, so that a log names no place of a machine. ``made_with`` gives the versions of what the run is
    made with, which its first event keeps. Raises StoreError.
    """
    for _ in range(_ATTEMPTS):
        line = store.open_run(identity.service, identity.version, identity.environment)
        if line is not None and _same(line, identity) and _whole(store, line):
            return Opened(Run(store, line.run, actor), resumed=True)
        try:
            kept = {"base": base, "made_with": dict(made_with())}
            return _begin(store, identity, parameters, actor, now, line, kept=kept)
        except OpenError:
            continue  # somebody opened one at the same moment: look again, it may be this one
    raise StoreError("other programs keep opening runs of this release", store.name, "try again")


def _begin(
    store: Store,
    identity: Identity,
    parameters: Mapping[str, Any],
    actor: Actor,
    now: datetime | None,
    line: RunLine | None,
    *,
    kept: Mapping[str, Any],
) -> Opened:
    opened: dict[str, Any] = {**asdict(identity), "parameters": dict(parameters)}
    opened |= {name: value for name, value in kept.items() if value}
    changed: tuple[str, ...] = ()
    if line is not None:
        state, before, damage = _before(store, line)
        changed = tuple(_changes(line, identity, before, parameters, damage))
        opened |= {"successor_of": line.run, "why": "; ".join(changed), "proposals": _proposals(state)}
    event = store.open(
        opened,
        actor=actor,
        at=now,
        instead_of=line.run if line else "",
        because="; ".join(changed),
    )
    return Opened(Run(store, event.run, actor), resumed=False, changed=changed, successor_of=line.run if line else "")


def _same(line: RunLine, identity: Identity) -> bool:
    return (line.parameters_hash, line.commit) == (identity.parameters_hash, identity.commit)


def _whole(store: Store, line: RunLine) -> bool:
    try:
        store.events(line.run)
    except DamagedError:
        return False
    return True


def _before(store: Store, line: RunLine) -> tuple[RunState, Mapping[str, Any], str]:
    """The state and the parameters of the run before, as far as its log is intact; what is wrong with it."""
    damage = ""
    try:
        events = store.events(line.run)
    except DamagedError as error:
        events, damage = list(error.intact), error.problems[0].what
    parameters = events[0].data.get("parameters", {}) if events else {}
    return replay(events), parameters, damage


def _changes(
    line: RunLine, identity: Identity, before: Mapping[str, Any], after: Mapping[str, Any], damage: str
) -> Iterator[str]:
    if damage:
        yield damage
    if line.commit != identity.commit:
        yield f"the candidate is {identity.commit[:12] or 'unknown'}, was {line.commit[:12] or 'unknown'}"
    if line.parameters_hash != identity.parameters_hash:
        differences = list(_differences(before, after))
        yield from differences or ["the parameters changed"]


def _differences(before: object, after: object, at: str = "") -> Iterator[str]:
    """``configuration.level is A, was B``: the keys that differ, deepest first found."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _differences(before.get(key), after.get(key), f"{at}.{key}" if at else str(key))
    elif before != after:
        yield f"{at} is {_short(after)}, was {_short(before)}"


def _short(value: object) -> str:
    text = "not given" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _proposals(state: RunState) -> list[dict[str, str]]:
    """People's answers in the run before, with who gave them and where."""
    return [
        {"item": one.id, "text": f"{what} (run {state.run})", "by": by, "at": at}
        for one in state.items.values()
        for what, by, at in _answers(state.plan, one)
    ]


def _answers(plan: Plan | None, one: ItemState) -> Iterator[tuple[str, str, str]]:
    items = {item.id: item for item in plan.checklist.items} if plan else {}
    item = items.get(one.id)
    name = f"“{item.text}”" if item else one.id
    signed = item is not None and item.kind == "sign-off"
    notes = "; ".join(f"{note.text} {note.link}".strip() for note in one.notes)
    said = f": {notes}" if notes else ""
    if one.ticked and not signed:
        yield f"{one.by} ticked {name}{said}", one.by, one.at
    elif one.cleared_by:
        yield f"{one.cleared_by} said that {name} did not fire{said}", one.cleared_by, one.cleared_at
    elif one.excluded_by:
        yield f"{one.excluded_by} said that {name} does not apply: {one.excluded_reason}", one.excluded_by, ""
    elif one.waiver:
        yield f"{one.waiver.by} waived {name}: {one.waiver.reason}", one.waiver.by, one.waiver.at
    elif one.notes:
        yield f"{one.notes[-1].by} noted at {name}{said}", one.notes[-1].by, one.notes[-1].at
