"""Which items of a run can be asked about by machine. Asks nobody."""

from collections.abc import Collection

from releasekit.checklist.model import Applies
from releasekit.run.state import RunState


def wanted(state: RunState, only: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """(item id, probe name) of the items that apply and have a probe; ``only`` limits them to these ids."""
    if state.plan is None or state.outcome:
        return ()
    return tuple(
        (item.id, item.probe)
        for item in state.plan.checklist.items
        if item.probe and item.applies not in (Applies.NO, Applies.REMOVED) and (not only or item.id in only)
    )
