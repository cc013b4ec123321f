"""Serves many services with a few workers, one kernel each; stops all of them at once. Writes no board."""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from releasekit.batch.select import Service
from releasekit.batch.standing import unrecorded
from releasekit.batch.work import Setting, serve
from releasekit.document.board import Row
from releasekit.kernels import asking
from releasekit.record import prepared
from releasekit.record.halting import Halt
from releasekit.run.store import Store

STOPPED = "not started: the batch was stopped"
_NOTICED = 0.2  # seconds


class Watcher(Protocol):
    """Is told what happens, from several threads, one at a time."""

    def doing(self, service: str, what: str) -> None: ...

    def done(self, row: Row) -> None: ...


class Pool:
    """Workers are threads: they end with the process, and their kernels with the zygote that belongs to it."""

    def __init__(self, store: Store, setting: Setting, watcher: Watcher, workers: int) -> None:
        self._store = store
        self._setting = setting
        self._watcher = watcher
        self._workers = workers
        self._lock = threading.Lock()
        self._halts: set[Halt] = set()
        self._why = ""
        self._rows: dict[int, Row] = {}

    def run(self, services: Sequence[Service]) -> tuple[Row, ...]:
        """The row of each service, in their order; of those that `stop` kept from starting, one that says so."""
        waiting = deque(enumerate(services))
        threads = [
            threading.Thread(target=self._work, args=(waiting,), name=f"releasekit-batch-{number}", daemon=True)
            for number in range(min(self._workers, len(services)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(
                    _NOTICED
                )  # not for ever: Python runs signal handlers in this thread alone, between two waits
        return tuple(self._rows.get(number) or unrecorded(one, STOPPED) for number, one in enumerate(services))

    @property
    def stopped(self) -> bool:
        """Whether a person stopped it."""
        return bool(self._why)

    def stop(self) -> None:
        """Start nothing more, and end what runs."""
        with self._lock:
            self._why = "stopped by a person"
            halts = tuple(self._halts)
        for halt in halts:
            halt.stop(self._why, by_person=True)

    def _work(self, waiting: "deque[tuple[int, Service]]") -> None:
        with prepared.thread():
            self._serve(waiting)

    def _serve(self, waiting: "deque[tuple[int, Service]]") -> None:
        while True:
            with self._lock:
                if self._why or not waiting:
                    return
                number, service = waiting.popleft()
                halt = Halt()
                self._halts.add(halt)
            told = self._teller(service)
            row = serve(self._store, service, self._setting, told, halt)
            with self._lock:
                self._halts.discard(halt)
                self._rows[number] = row
                self._watcher.done(row)

    def _teller(self, service: Service) -> Callable[[int, int, str], None]:
        def tell(_index: int, _total: int, title: str) -> None:
            with self._lock:
                self._watcher.doing(service.name, title)

        return tell


def usual_workers() -> int:
    """As many as there are cores that this process may use, but no more than four."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return max(1, min(cores, 4))


def prepare() -> None:
    """Import once, before there are workers, what each of them needs; meanwhile the zygote imports as well."""
    asking.begin()
    prepared.import_all()
