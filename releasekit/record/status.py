"""What became of a run, stamped into its notebook from the run's log; Papermill's own account is not asked."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from releasekit.run.state import RunState

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEY = "releasekit"
INTERRUPTED = "interrupted"
OPEN = "open"

_WORDS = {
    OPEN: "This run is open",
    INTERRUPTED: "INTERRUPTED: this notebook was not executed to its end",
    "deployed": "This run is closed: deployed",
    "rolled-back": "This run is closed: rolled back",
    "abandoned": "This run is closed: abandoned",
}


def status(state: RunState) -> str:
    """One of deployed, rolled-back, abandoned, interrupted (a cell was begun and never finished) and open."""
    return state.outcome or (INTERRUPTED if state.executing else OPEN)


def stamp(notebook: "NotebookNode", state: RunState, why: str = "") -> None:
    """Write the run's identity and status into the notebook's metadata; ``why``: how it was interrupted."""
    notebook.metadata[KEY] = {
        "run": state.run,
        "service": state.service,
        "version": state.version,
        "environment": state.environment,
        "status": status(state),
        "why": why if status(state) == INTERRUPTED else "",
        "as_of": state.last_at,
        "events": state.size,
        "head": state.head,
    }


def sentence(notebook: Mapping[str, Any]) -> str:
    """The stamp in one sentence; "" for a notebook without one. Plain text."""
    mark = (notebook.get("metadata") or {}).get(KEY)
    if not isinstance(mark, dict) or "status" not in mark:
        return ""
    said = _WORDS.get(str(mark["status"]), f"This run is closed: {mark['status']}")
    why = f" ({mark['why']})" if mark.get("why") else ""
    return f"{said}{why}. Run {mark.get('run')}, as of {mark.get('as_of')}, event {mark.get('events')}."
