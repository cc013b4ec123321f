"""A run before somebody's eyes: the guard, the parts that stand in cells, and the threads that keep them true."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from releasekit.errors import ReleasekitError
from releasekit.probes.request import Request
from releasekit.run.events import Event
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.views import acts, sheets
from releasekit.views.boxes import Boxes
from releasekit.views.failure import in_words
from releasekit.views.finishing import finish
from releasekit.views.gathering import Gathering
from releasekit.views.guard import Guard
from releasekit.views.measuring import Measuring
from releasekit.views.sheets import Sheet

BEAT = 0.5  # seconds; the guard counts a kernel as gone after three
LOOK = 0.7  # seconds between looks at what others did, which is to be seen within two
AGAIN = 30.0  # seconds after which everything is drawn anew: waivers end by themselves
_WHERE = {"sign": "signoff", "refuse": "signoff", "close": "result", "rollback": "result"}


class Part(Protocol):
    """What stands in a cell."""

    widget: Any

    def show(self, state: RunState) -> None:
        """Draw the state."""

    def close(self) -> None:
        """End the models."""


class Live:
    """One run, live, for whoever sits before this kernel.

    ``asking`` makes the request that probes get; what they read is kept in ``record``, the run's folder. ``twins`` is
    called, from a thread and at most once a second, after what is shown changed. Threads set traits, and nothing else.
    """

    def __init__(
        self, run: Run, asking: Callable[[RunState], Request], twins: Callable[[], None], record: Path | None = None
    ) -> None:
        self.run = run
        self._twins = twins
        self._record = record
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._stale = threading.Event()
        self._shown = -1
        self._events: list[Event] = run.store.events(run.run_id)
        self.guard = Guard(f"{run.actor.name} ({run.actor.grade})", self._asked)
        self.gathering = Gathering(run, asking, self._redraw, record)
        self.measuring = Measuring(run, asking, self._redraw)
        mark = self.guard.mark
        state = run.refresh()
        self.boxes = Boxes(state, self.guard, run.actor, self._moved)
        drawn: Mapping[str, sheets.Drawn] = {
            "card": sheets.card,
            "collecting": sheets.gathered(lambda: self.gathering.asked),
            "evidence": sheets.static("evidence"),
            "metrics": self.measuring.draw,
            "signoff": sheets.signoff,
            "result": sheets.result,
            "timeline": sheets.happened(lambda: self._events),
        }
        self._sheets = {part: Sheet(part, mark, draw) for part, draw in drawn.items()}
        self._parts: dict[str, Part] = {**self._sheets, "checklist": self.boxes}
        self._unsubscribe = run.subscribe(self._happened)
        self._show(state)
        for name, work in (("beats", self._beat), ("looks", self._look)):
            threading.Thread(target=work, name=f"releasekit-{name}", daemon=True).start()

    def part(self, name: str) -> Part | None:
        """The live part of this name; None for one that is only told."""
        return self._parts.get(name)

    def close(self) -> None:
        """End threads and widgets: another took this one's place."""
        self._stop.set()
        self.measuring.stop()
        self._unsubscribe()
        for part in self._parts.values():
            part.close()
        self.guard.close()

    # -- what the run says

    def _happened(self, events: tuple[Event, ...], state: RunState) -> None:
        with self._lock:
            known = self._events[-1].seq if self._events else 0
            self._events += [event for event in events if event.seq > known]
        self._show(state)

    def _show(self, state: RunState) -> None:
        """Draw a state, unless a later one was drawn already: two threads may have read at the same time."""
        with self._lock:
            if state.size < self._shown or self._stop.is_set():
                return
            self._shown = state.size
            for part in self._parts.values():
                part.show(state)
            self.guard.size = state.size
        self._stale.set()

    def _redraw(self) -> None:
        self._show(self.run.state)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT):
            self.guard.beat += 1

    def _look(self) -> None:
        """What others did, every LOOK seconds; and the twins, at most once a second."""
        drawn = twinned = monotonic()
        while not self._stop.wait(LOOK):
            try:
                self.run.refresh()
                self.guard.trouble = ""
            except ReleasekitError as error:
                self.guard.trouble = in_words(error).rstrip(".")
                continue
            if monotonic() - drawn > AGAIN:
                drawn = monotonic()
                self._redraw()
            if self._stale.is_set() and monotonic() - twinned >= 1:
                self._stale.clear()
                twinned = monotonic()
                self._twins()

    # -- what a person does

    def _asked(self, content: Mapping[str, Any]) -> str:
        """An intent of the guard; what was done. Raises what the act raises, after it is shown where it was asked."""
        asked = acts.intent(content)
        if asked.act == "open":
            with self._lock:
                self.boxes.toggle(asked.item, self.run.state)
            return ""
        if asked.act == "collect":
            count = self.gathering.start((asked.item,) if asked.item else asked.word("items").split())
            return f"asking {count} sources" if count else "no source is configured for this"
        try:
            said = acts.perform(self.run, asked)
        except ReleasekitError as error:
            self._refuse(asked, in_words(error))
            raise
        self._refuse(asked, "")
        state = self.run.state
        if asked.act == "close" and self._record is not None and state.outcome:
            finish(state, self._record, lambda trouble: self._refuse(asked, trouble))
        return said

    def _refuse(self, asked: acts.Intent, why: str) -> None:
        if why:
            self.run.refresh()
        with self._lock:
            where = self._sheets.get(_WHERE.get(asked.act, ""))
            if where is not None:
                where.refuse(why, self.run.state)
            else:
                self.boxes.refuse(asked.item, why, self.run.state)

    def _moved(self, item: str, ticked: bool, seen: int) -> None:
        """A box moved in a browser whose guard did not hold it; it is back already, and the run is asked."""
        asked = acts.Intent("tick" if ticked else "untick", {}, item, seen)
        try:
            acts.perform(self.run, asked)
        except ReleasekitError as error:
            self._refuse(asked, in_words(error))
