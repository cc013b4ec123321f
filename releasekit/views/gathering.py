"""Asks the sources in a thread, so that no cell waits for them. Shows by way of the run, and prints nothing."""

from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock, Thread

from releasekit.errors import ReleasekitError
from releasekit.probes.collect import collect
from releasekit.probes.request import Request
from releasekit.run.gathering import wanted
from releasekit.run.keeping import keeper
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.views.failure import in_words


class Gathering:
    """The collection of one run's evidence. ``asking`` makes the request; ``told`` hears whenever ``asked`` changed.

    What was read is kept in ``record``, the run's folder, where it has one.
    Every answer is saved as it comes, so that one slow source holds up nothing but itself.
    """

    def __init__(
        self, run: Run, asking: Callable[[RunState], Request], told: Callable[[], None], record: Path | None = None
    ) -> None:
        self._run = run
        self._record = record
        self._asking = asking
        self._told = told
        self._lock = Lock()
        self._done = self._total = self._busy = 0
        self._trouble = ""

    @property
    def asked(self) -> tuple[int, int, str]:
        """How many sources answered, of how many, and what went wrong."""
        with self._lock:
            return self._done, self._total, self._trouble

    def start(self, only: Collection[str] = (), *, missing: bool = False) -> int:
        """Ask in a thread, about these items or all; with ``missing`` only what was never answered. How many."""
        state = self._run.refresh()
        pairs = [
            (item, probe)
            for item, probe in wanted(state, only)
            if not missing or all(one.probe != probe for one in state.items[item].evidence)
        ]
        if pairs:
            with self._lock:
                if not self._busy:
                    self._done = self._total = 0
                self._busy += 1
                self._total += len(pairs)
                self._trouble = ""
            Thread(target=self._gather, args=(state, pairs), name="releasekit-gathering", daemon=True).start()
        self._told()
        return len(pairs)

    def _gather(self, state: RunState, pairs: list[tuple[str, str]]) -> None:
        trouble, done = "", 0
        try:
            asked = self._asking(state)
            kept = keeper(self._record, asked)
            for evidence in collect(pairs, asked, keep=kept.keep if kept else None):
                self._run.add_evidence(evidence)
                done += 1
                with self._lock:
                    self._done += 1
                self._told()
            trouble = kept.trouble if kept else ""
        except ReleasekitError as error:
            trouble = in_words(error)
        finally:
            with self._lock:
                self._busy -= 1
                self._done += len(pairs) - done if trouble else 0
                self._trouble = trouble or self._trouble
            self._told()
