"""Which executions of a run's notebook began, and which never came to their end. Knows no process and no clock."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from releasekit.run.events import CLOSED, Event
from releasekit.run.state import Interruption

STARTED, FINISHED = "cells.started", "cells.finished"
_NONE: Mapping[str, Any] = MappingProxyType({})


def interruptions(events: Iterable[Event]) -> tuple[Interruption, ...]:
    """The executions that these events say did not come to their end; an event that cannot be read says nothing."""
    known = Executions()
    for event in events:
        with suppress(KeyError, AttributeError):
            known.add(event)
    return known.interruptions


class Executions:
    """Adds events one by one. ``executing`` is the cell that began and has not finished; ``claim`` is who began it.

    A kernel that died never says so. That an execution did not come to its end is known when the next one begins, or
    when the run is closed: from then on it is one of the ``interruptions``, for ever.
    """

    def __init__(self) -> None:
        self.executing = ""
        self.claim = _NONE
        self.interruptions: tuple[Interruption, ...] = ()
        self._at = self._session = ""
        self._event = 0
        self._taken = False  # whether the cells of the claim's execution may still have to come

    def add(self, event: Event) -> None:
        """One more event; those that are not about cells, nor the end, change nothing. Raises KeyError."""
        if event.kind == STARTED:
            self._started(event, event.data["cell"])
        elif event.kind == FINISHED:
            # what a later session began is not ended by an earlier one
            if event.data.get("session", "") == self._session and event.data["cell"] == self.executing:
                self._ended()
        elif event.kind == CLOSED:
            self._interrupted(event)

    def _started(self, event: Event, cell: str) -> None:
        session, claim = event.data.get("session", ""), event.data.get("claim")
        # a claim is the first event of an execution, whose cells have a session of their own
        if claim is not None or (session != self._session and not self._taken):
            self._interrupted(event)
            self.claim = claim if isinstance(claim, Mapping) else _NONE
        self._session, self._taken = session, claim is not None
        self.executing, self._at, self._event = cell, event.at, event.seq

    def _ended(self) -> None:
        self.executing, self.claim, self._taken = "", _NONE, False

    def _interrupted(self, event: Event) -> None:
        if self.executing:
            one = Interruption(self.executing, self._at, self._event, event.at)
            self.interruptions = (*self.interruptions, one)
        self._ended()
