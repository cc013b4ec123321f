"""What the passing of time does to a state: waivers end. Everything else of a run happens by events."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from releasekit.checklist.model import Kind
from releasekit.run import covers
from releasekit.run.events import moment
from releasekit.run.standing import in_force, status
from releasekit.run.state import RunState, Status


def expire(state: RunState, now: datetime) -> RunState:
    """The state at this moment: waivers that ended no longer hold, nor do the signatures that covered them.

    A closed run stays what it was when it was closed, whenever it is looked at.
    """
    plan = state.plan
    if plan is None:
        return state
    now = moment(state.closed_at) if state.outcome else now
    items, signoffs = dict(state.items), state.signoffs
    for item in plan.checklist.items:
        one = items[item.id]
        if one.waiver is None or in_force(one.waiver, now):
            continue
        items[item.id] = replace(
            one, status=status(item, one, rollback=bool(state.rollback_at), signed=one.ticked, now=now)
        )
        why = f"“{item.text}”: its waiver ended {one.waiver.until}"
        signoffs = tuple(
            replace(given, void=why)
            if not given.void
            and not given.refused
            and covers.in_scope(item, plan.level, given.scope, rollback=bool(state.rollback_at))
            else given
            for given in signoffs
        )
    for item in plan.checklist.items:
        if item.kind is Kind.SIGN_OFF and items[item.id].ticked:
            counts = any(given.role == item.role and not given.void and not given.refused for given in signoffs)
            if not counts:
                items[item.id] = replace(items[item.id], ticked=False, status=Status.OPEN)
    return replace(state, items=MappingProxyType(items), signoffs=signoffs)
