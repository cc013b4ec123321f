"""What became of a run, in one word. Knows the processes of this machine, as far as a claim names one."""

from datetime import datetime

from releasekit.run.claims import Claim, living
from releasekit.run.state import RunState

OPEN, INTERRUPTED, RUNNING = "open", "interrupted", "running"


def status(state: RunState) -> str:
    """One of deployed, rolled-back, abandoned, interrupted (a cell was begun and never finished) and open."""
    return state.outcome or (INTERRUPTED if state.executing else OPEN)


def status_now(state: RunState, now: datetime) -> str:
    """The same, and ``running`` while a process that may still be at work executes the notebook."""
    return RUNNING if executed_by(state, now) else status(state)


def unfinished(state: RunState, now: datetime) -> str:
    """The sentence about a notebook that is not at its end: executed now, or interrupted where it was."""
    who = executed_by(state, now)
    if who is not None:
        return f"{who.holder} executes the notebook of this run now, and is at {state.executing!r}"
    return f"the notebook was not executed to its end: it was interrupted at {state.executing!r}"


def executed_by(state: RunState, now: datetime) -> Claim | None:
    """Who executes the notebook of an open run now; None when nobody is known to."""
    return None if state.outcome or not state.executing else living(state.claim, now)
