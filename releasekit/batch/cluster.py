"""The same services on a Dask cluster: an existing engine, no queue of our own. Each job is one service, as in a pool.

A worker gets the parameters themselves: it needs releasekit, what they name (the repository, reports) under the same
paths, and the credentials of an object store in its own environment. Dask cancels what has not begun and cannot stop
what has: each job has its own deadline.

A worker that dies is noticed by the scheduler, which gives its services to others. Dask suspects all that the worker
had, begun or not, and gives each up after some deaths (distributed.scheduler.allowed-failures): those are asked for
anew here. What counts is in the log: the claims of one execution. After the second nobody tries again.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any
from uuid import uuid4

from releasekit.batch.pool import STOPPED, Watcher
from releasekit.batch.select import Service, given
from releasekit.batch.standing import unrecorded
from releasekit.batch.work import Setting, serve
from releasekit.document.board import Row
from releasekit.errors import InputError, SourceError
from releasekit.parameters.model import to_data
from releasekit.parameters.reading import Loaded
from releasekit.record.place import Folder

Future = Any  # of distributed, which types few of its functions

NOBODY = "no worker of the cluster has releasekit: install it there"
GONE = "the cluster has had no worker that could do it for {:g} s"
LOST = "the connection to the scheduler was lost; --resume does what is missing"
ANSWERS = 10.0  # seconds in which a scheduler answers
COMES = 300.0  # seconds in which a worker comes back, or the first one comes
_LOOKS = 2.0  # seconds between two looks at who is there
_AGAIN = 10  # times that a service is asked for anew that Dask has given up, most often for what others did


@dataclass(frozen=True, slots=True)
class _Asked:
    """A service that was given to the cluster; ``session`` is that of its execution, however often it is asked for."""

    number: int
    service: Service
    loaded: Loaded
    session: str
    again: int = _AGAIN


def job(file: str, folder: str, parameters: dict[str, Any], setting: Setting, session: str) -> Row:
    """On a worker: serve the service of these parameters. Its trouble is the row's."""
    from releasekit.record import prepared
    from releasekit.record.halting import Halt
    from releasekit.run.store import open_store

    prepared.import_all()
    service = given(Path(file), Path(folder), parameters)
    with prepared.thread():
        store = open_store(setting.address, Path())
        return serve(store, service, setting, lambda _index, _total, _title: None, Halt(), session)


class Cluster:
    """Runs jobs on the workers that a scheduler has; like a Pool."""

    def __init__(self, address: str, setting: Setting, watcher: Watcher) -> None:
        needs_a_shared_store(setting.address)
        self._address = address
        self._setting = _anywhere(setting)
        self._watcher = watcher
        self._name = f"releasekit-{uuid4().hex}"  # one group: what waits is with the scheduler, and no worker
        self._waiting: dict[Future, _Asked] = {}
        self._ended: SimpleQueue[Future] = SimpleQueue()
        self._rows: dict[int, Row] = {}
        self._able: frozenset[str] | None = None
        self._alone: float | None = None
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
        with _client(self._address) as client:
            self._able = _able(client)
            for number, service in enumerate(services):
                problem = service.problem or (NOBODY if self._able == frozenset() else "")
                if problem or service.loaded is None:
                    self._done(number, unrecorded(service, problem))
                else:
                    self._submit(client, _Asked(number, service, service.loaded, uuid4().hex[:12]))
            while self._waiting:
                try:
                    future = self._ended.get(timeout=_LOOKS)  # so short that Python can run signal handlers
                except Empty:
                    self._look(client)
                else:
                    self._take(client, future)
        return tuple(self._rows[number] for number in range(len(services)))

    def _submit(self, client: Any, asked: _Asked) -> None:
        future = client.submit(
            job,
            str(asked.service.file),
            str(asked.loaded.folder.absolute()),
            to_data(asked.loaded.parameters),
            self._setting,
            asked.session,
            key=(self._name, f"{asked.service.name}-{uuid4().hex[:8]}"),
            pure=False,
            workers=sorted(self._able) if self._able else None,
        )
        self._waiting[future] = asked
        future.add_done_callback(self._ended.put)

    def _take(self, client: Any, future: Future) -> None:
        """What became of a job. It is asked for no more: Dask would do again what a worker that dies had done."""
        from distributed import KilledWorker

        asked = self._waiting.pop(future, None)
        if asked is None:
            return
        if future.cancelled():
            self._done(asked.number, unrecorded(asked.service, STOPPED if self._stopped else LOST))
            return
        error = future.exception()
        if error is None:
            self._done(asked.number, future.result())
        elif isinstance(error, KilledWorker) and asked.again and not self._stopped:
            self._submit(client, replace(asked, again=asked.again - 1))
        else:
            said = f"the worker could not do it: {type(error).__name__}: {error}"
            self._done(asked.number, unrecorded(asked.service, said))

    def _done(self, number: int, row: Row) -> None:
        self._rows[number] = row
        self._watcher.done(row)

    def _look(self, client: Any) -> None:
        """See whether anybody is there who can do what is left; give it up when nobody has been for long."""
        try:
            there = frozenset(client.scheduler_info()["workers"])
        except OSError:
            return  # the scheduler is gone, and the client about to say so of each that waits
        if there and (self._able is None or there & self._able):
            self._alone = None
            return
        if there:  # those who could are gone, and others came: their successors, perhaps
            self._able = _able(client)
            if self._able != frozenset():
                self._alone = None
                for future in tuple(self._waiting):
                    asked = self._waiting.pop(future)
                    future.cancel()
                    self._submit(client, asked)
                return
        self._alone = self._alone or monotonic()
        if monotonic() - self._alone > COMES:
            for future in tuple(self._waiting):
                asked = self._waiting.pop(future)
                future.cancel()
                self._done(asked.number, unrecorded(asked.service, GONE.format(COMES)))


def _anywhere(setting: Setting) -> Setting:
    """The same with whole paths: workers start in folders of their own."""
    out = Folder(setting.out.path.absolute()) if isinstance(setting.out, Folder) else setting.out
    return replace(setting, out=out, source=setting.source and setting.source.absolute())


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise InputError(
            "a Dask cluster needs distributed, which is not installed", "--cluster", "pip install 'releasekit[dask]'"
        ) from error
    try:
        return Client(address, timeout=ANSWERS, set_as_default=False)  # type: ignore[no-untyped-call]  # distributed types few
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise SourceError(
            f"no Dask scheduler answers: {said}", address, "start one with: dask scheduler; or leave --cluster out"
        ) from error


def _able(client: Any) -> frozenset[str] | None:
    """The workers that have releasekit; None when all have, so that those who join later may help too.

    One that has not would not even understand the question, and Dask would ask it for ever.
    """
    found = client.run(  # pickled by value: no import of ours; who dies meanwhile has no answer
        lambda: importlib.util.find_spec("releasekit") is not None, on_error="ignore"
    )
    return None if all(found.values()) else frozenset(worker for worker, has in found.items() if has)


def needs_a_shared_store(address: str) -> None:
    """Raises InputError for a store that workers elsewhere cannot write to."""
    if not address.startswith("postgresql"):
        raise InputError(
            "the workers of a cluster cannot share a file of SQLite",
            "RELEASEKIT_STORE",
            "keep the runs in PostgreSQL: RELEASEKIT_STORE=postgresql+psycopg://USER@HOST/DATABASE",
        )
