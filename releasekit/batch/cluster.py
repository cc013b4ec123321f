"""The same services on a Dask cluster: an existing engine, no queue of our own. Each job is one service, as in a pool.

Dask cancels what has not begun and cannot stop what has: each job has its own deadline. A worker that dies is noticed
by the scheduler, which gives its service to another (distributed.scheduler.allowed-failures says how often); the claim
is that of the same attempt, so the other may take it over.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from releasekit.batch.pool import STOPPED, Watcher
from releasekit.batch.select import Service, read_service
from releasekit.batch.standing import unrecorded
from releasekit.batch.work import Setting, serve
from releasekit.document.board import Row
from releasekit.errors import InputError, SourceError

Future = Any  # of distributed, which types few of its functions

NOBODY = "no worker of the cluster has releasekit: install it there"
ANSWERS = 10.0  # seconds in which a scheduler answers


def job(file: str, setting: Setting, session: str) -> Row:
    """On a worker: read the parameter file there, and serve it. Its trouble is the row's."""
    from releasekit.record import prepared
    from releasekit.record.halting import Halt
    from releasekit.run.store import open_store

    prepared.import_all()
    service = read_service(Path(file))
    with prepared.thread():
        store = open_store(setting.address, setting.out)
        return serve(store, service, setting, lambda _index, _total, _title: None, Halt(), session)


class Cluster:
    """Runs jobs on the workers that a scheduler has; like a Pool."""

    def __init__(self, address: str, setting: Setting, watcher: Watcher) -> None:
        _needs_a_shared_store(setting.address)
        self._address = address
        self._setting = setting
        self._watcher = watcher
        self._waiting: dict[Future, tuple[int, Service]] = {}
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether a person stopped it."""
        return self._stopped

    def stop(self) -> None:
        """Begin nothing more; what runs on the workers goes on until its end or its deadline."""
        self._stopped = True
        for future in tuple(self._waiting):
            future.cancel()

    def run(self, services: Sequence[Service]) -> tuple[Row, ...]:
        """The row of each service, in their order. Raises SourceError when the scheduler does not answer."""
        rows: dict[int, Row] = {}
        with _client(self._address) as client:
            able = _able(client)
            for number, service in enumerate(services):
                problem = service.problem or ("" if able is None or able else NOBODY)
                if problem:
                    rows[number] = unrecorded(service, problem)
                    self._watcher.done(rows[number])
                else:
                    self._waiting[self._submitted(client, service, able)] = number, service
            for future in _finished(client, list(self._waiting)):
                number, service = self._waiting[future]
                rows[number] = self._row(future, service)
                self._watcher.done(rows[number])
        return tuple(rows[number] for number in range(len(services)))

    def _submitted(self, client: Any, service: Service, able: list[str] | None) -> Future:
        return client.submit(
            job,
            str(service.file.absolute()),
            self._setting,
            uuid4().hex[:12],
            key=f"releasekit-{service.name}-{uuid4().hex[:8]}",
            pure=False,
            workers=able,
        )

    def _row(self, future: Future, service: Service) -> Row:
        if future.cancelled():
            return unrecorded(service, STOPPED)
        error = future.exception()
        if error is not None:
            return unrecorded(service, f"the worker could not do it: {type(error).__name__}: {error}")
        row: Row = future.result()
        return row


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise InputError(
            "a Dask cluster needs distributed, which is not installed", "--cluster", "pip install 'releasekit[dask]'"
        ) from error
    try:
        return Client(address, timeout=ANSWERS, set_as_default=False)  # type: ignore[no-untyped-call]  # likewise
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise SourceError(
            f"no Dask scheduler answers: {said}", address, "start one with: dask scheduler; or leave --cluster out"
        ) from error


def _able(client: Any) -> list[str] | None:
    """The workers that have releasekit; None when all have, so that those who join later may help too.

    One that has not would not even understand the question, and Dask would ask it for ever.
    """
    found = client.run(
        lambda: importlib.util.find_spec("releasekit") is not None
    )  # pickled by value: no import of ours
    return None if all(found.values()) else [worker for worker, has in found.items() if has]


def _finished(client: Any, futures: list[Future]) -> Iterator[Future]:
    from distributed import as_completed

    yield from as_completed(futures, loop=client.loop)  # type: ignore[no-untyped-call]  # likewise


def _needs_a_shared_store(address: str) -> None:
    if not address.startswith("postgresql"):
        raise InputError(
            "the workers of a cluster cannot share a file of SQLite",
            "RELEASEKIT_STORE",
            "keep the runs in PostgreSQL: RELEASEKIT_STORE=postgresql+psycopg://USER@HOST/DATABASE",
        )
