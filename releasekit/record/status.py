"""What became of a run, stamped into its notebook from the run's log; Papermill's own account is not asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from releasekit.document.release import interrupted
from releasekit.document.when import moment
from releasekit.run.course import INTERRUPTED, OPEN, status
from releasekit.run.events import moment as written_at
from releasekit.run.state import Readiness, RunState

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["KEY", "as_of", "sentence", "stamp", "stamped", "standing", "status"]

KEY = "releasekit"

_WORDS = {
    OPEN: "This run is open",
    INTERRUPTED: "INTERRUPTED: this notebook was not executed to its end",
    "deployed": "This run is closed: deployed",
    "rolled-back": "This run is closed: rolled back",
    "abandoned": "This run is closed: abandoned",
}
_CLOSED = "INTERRUPTED: this run was closed before it came to its end"
_READY = {"go": "go", "no-go": "no-go", "cannot-tell": "cannot tell"}


def stamp(notebook: "NotebookNode", state: RunState, ready: Readiness, why: str = "") -> None:
    """Write the run's identity, status and readiness into the notebook's metadata; ``why``: how it was interrupted."""
    notebook.metadata[KEY] = stamped(state, ready, why)


def stamped(state: RunState, ready: Readiness, why: str = "") -> dict[str, Any]:
    """What `stamp` writes."""
    return {
        "run": state.run,
        "service": state.service,
        "version": state.version,
        "environment": state.environment,
        "status": status(state),
        "why": why if status(state) == INTERRUPTED else "",
        "phase": str(state.phase),
        "machine": ready.machine,
        "all": ready.all,
        "blocked": len(ready.blocked),
        "waiting": len(ready.waiting),
        "as_of": state.last_at,
        "closed": bool(state.outcome),
        "interruptions": [interrupted(one) for one in state.interruptions],
        "events": state.size,
        "head": state.head,
    }


def sentence(notebook: Mapping[str, Any]) -> str:
    """The stamp in one sentence; "" for a notebook without one. Plain text."""
    mark = (notebook.get("metadata") or {}).get(KEY)
    if not isinstance(mark, dict) or "status" not in mark:
        return ""
    # what was closed so may have been executed once more since, to its end
    said = _CLOSED if mark.get("closed") and mark["status"] == INTERRUPTED else ""
    said = said or _WORDS.get(str(mark["status"]), f"This run is closed: {mark['status']}")
    why = f" ({mark['why']})" if mark.get("why") else ""
    as_of = moment(str(mark.get("as_of")))
    return f"{said}{why}. Run {mark.get('run')}, as of {as_of}, event {mark.get('events')}."


def as_of(notebook: Mapping[str, Any]) -> datetime | None:
    """The moment of the last event that the notebook shows; None for one without a stamp."""
    mark = (notebook.get("metadata") or {}).get(KEY)
    try:
        return written_at(str(mark["as_of"])) if isinstance(mark, dict) else None
    except (KeyError, ValueError):
        return None


def standing(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """What machines and people say of the phase that is due, and what was interrupted; () without a stamp."""
    mark = (notebook.get("metadata") or {}).get(KEY)
    if not isinstance(mark, dict) or "machine" not in mark:
        return ()
    machine, people = (_READY.get(str(mark.get(key)), "cannot tell") for key in ("machine", "all"))
    blocked = f"; {mark['blocked']} blocked by evidence" if mark.get("blocked") else ""
    waiting = f"; {mark['waiting']} answers awaited" if mark.get("waiting") else ""
    cut = mark.get("interruptions")
    return (
        f"Phase {mark.get('phase')}, by machines alone: {machine}{blocked}",
        f"With people: {people}{waiting}",
        *(map(str, cut) if isinstance(cut, list) else ()),
    )
