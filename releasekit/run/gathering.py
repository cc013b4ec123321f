"""Which items of a run machines are asked about now, which are not due yet, what is told with it. Asks nobody."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from releasekit.checklist.model import Applies, Item, Kind, Phase
from releasekit.probes.request import Happened, Request
from releasekit.run.events import Event, moment
from releasekit.run.state import RunState

_ORDER = (Phase.PREPARE, Phase.DEPLOY, Phase.VERIFY, Phase.CLOSE)


def due(item: Item, phase: Phase, *, rollback: bool) -> bool:
    """Whether the work of an item is due: its phase has come.

    Rollback triggers are watched from deploy on; after a rollback began its steps are due instead of all else, and
    those of closing once that phase is entered.
    """
    if item.kind is Kind.TRIGGER:
        return phase is not Phase.PREPARE and not rollback
    if rollback or item.phase is Phase.ROLLBACK:
        return rollback and (item.phase is Phase.ROLLBACK or item.phase is phase is Phase.CLOSE)
    return item.phase in _ORDER[: _ORDER.index(phase) + 1]


def wanted(state: RunState, only: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """(item id, probe name) of what is asked now: items that apply, have a probe or a hint, and are due.

    With ``only`` these ids alone, due or not: who names an item wants it asked.
    """
    rollback = bool(state.rollback_at)
    return tuple(
        (item.id, name)
        for item in _askable(state)
        for name in (item.probe, item.hint)
        if name
        if (item.id in only if only else due(item, state.phase, rollback=rollback))
    )


def not_due(state: RunState) -> tuple[Item, ...]:
    """The items that would be asked about in a later phase: what is not done yet must not show as failed."""
    return tuple(item for item in _askable(state) if waits(state, item))


def waits(state: RunState, item: Item) -> bool:
    """Whether a later phase asks about this item. Rollback steps wait for no phase, but for a rollback."""
    if not item.probe or not _applies(state, item) or state.outcome:
        return False
    rollback = bool(state.rollback_at)
    ahead = item.phase is Phase.CLOSE if rollback else item.phase is not Phase.ROLLBACK
    return ahead and not due(item, state.phase, rollback=rollback)


def _askable(state: RunState) -> Iterator[Item]:
    if state.plan is None or state.outcome:
        return
    yield from (item for item in state.plan.checklist.items if _applies(state, item))


def _applies(state: RunState, item: Item) -> bool:
    one = state.items.get(item.id)
    return item.applies not in (Applies.NO, Applies.REMOVED) or bool(one and one.included_by)


def informed(request: Request, events: Iterable[Event]) -> Request:
    """The request with what happened in the run so far, which some facts are made of."""
    log = (Happened(event.kind, event.item, moment(event.at), event.actor, event.data) for event in events)
    return replace(request, log=tuple(log))
