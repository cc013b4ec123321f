"""Keeps events: one writer path, acknowledged after commit, in SQLite or PostgreSQL. Knows no rule of a release."""

import secrets
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from releasekit.errors import RefusedError, StoreError
from releasekit.run import events as ev
from releasekit.run.database import Database, open_database
from releasekit.run.events import Actor, Event
from releasekit.run.log import RUN_COLUMNS, ConflictError, DamagedError, Draft, Log, RunLine, sql

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["ConflictError", "DamagedError", "Draft", "OpenError", "RunLine", "Store", "new_run_id", "open_store"]

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class OpenError(RefusedError):
    """Another run of the same service, version and environment is open."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(
    url: str | None, out: Path, *, patience: float = 30.0, clock: Callable[[], datetime] = _utc_now
) -> "Store":
    """The store at ``url`` (``sqlite:///PATH``, ``sqlite://`` in memory, ``postgresql+psycopg://...``).

    Without ``url`` it is ``out``/releases.db. ``patience`` is how many seconds a lock is waited for. Raises
    InputError for an address that is none, StoreError for a database that must not be used.
    """
    return Store(open_database(url, out, patience=patience), clock)


def new_run_id(now: datetime) -> str:
    """``20261123-071742-k3f9x2ab``: sorts by time, safe in file names, 40 random bits."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{tail}"


class Store:
    """Events of many runs in one database. Safe to share between threads; each call is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._clock = clock
        # one connection is all that a database in memory has
        self._turn: AbstractContextManager[object] = threading.RLock() if database.in_memory else nullcontext()
        self.close = weakref.finalize(self, database.engine.dispose)  # connections end with the store, or when called

    @property
    def name(self) -> str:
        """What messages call it: the file, or the address without its password."""
        return self._database.name

    @property
    def session_user(self) -> str:
        """Who PostgreSQL says is connected; "" in SQLite, which cannot know."""
        if not self._database.postgresql:
            return ""
        with self._database.reading() as connection:
            return str(connection.execute(sql("SELECT session_user")).scalar_one())

    def append(
        self,
        run: str,
        kind: str,
        data: Mapping[str, Any],
        *,
        actor: Actor,
        item: str = "",
        expect: int | None = None,
        event_id: str = "",
    ) -> Event:
        """Write one event; it is on disk when this returns. The same ``event_id`` again returns the same event.

        Raises ConflictError when the item is no longer at version ``expect``, RefusedError for a closed run,
        InputError for an unknown run or kind and for data that are not JSON, StoreError for the database's troubles.
        """
        with self._writing() as log:
            return log.write(log.locked(run), [Draft(kind, data, item, expect, event_id)], actor)[0]

    def act(
        self,
        run: str,
        after: int,
        decide: Callable[[list[Event]], Sequence[Draft]],
        *,
        actor: Actor,
        at: datetime | None = None,
    ) -> tuple[Event, ...]:
        """Write what ``decide`` drafts, all or nothing, with nobody writing to the run in between.

        ``decide`` gets the events after the ``after``-th, so that it judges by the very state that its drafts follow;
        when it raises, nothing is written. ``at`` is the actor's clock (default: the store's). Raises as ``append``.
        """
        with self._writing() as log:
            line = log.locked(run)
            drafts = decide(log.read(line, after))
            return log.write(line, drafts, actor, at) if drafts else ()

    def open(
        self,
        opened: Mapping[str, Any],
        *,
        actor: Actor,
        at: datetime | None = None,
        instead_of: str = "",
        because: str = "",
    ) -> Event:
        """Begin a run: its first event, with ``service, version, environment, parameters_hash, commit`` in ``opened``.

        The open run ``instead_of`` is closed in the same transaction, as abandoned for ``because``; where its log is
        damaged it gets no event. Raises OpenError when another run of that release is open, or ``instead_of`` is not.
        """
        from sqlalchemy.exc import IntegrityError

        now = at or self._clock()
        run = new_run_id(now)
        names = ("service", "version", "environment", "parameters_hash", "commit")
        statement = (
            f"INSERT INTO release_runs ({RUN_COLUMNS}) VALUES (:run, :service, :version, :environment,"  # noqa: S608 - constant names
            " :parameters_hash, :commit, :opened, '', '', 0, :head)"
        )
        given = {name: opened[name] for name in names}
        with self._writing() as log:
            if instead_of:
                _supersede(log, instead_of, {"reason": because, "successor": run}, actor, now)
            try:
                log.connection.execute(
                    sql(statement), given | {"run": run, "opened": ev.written(now), "head": ev.NO_EVENT}
                )
            except IntegrityError as error:
                raise OpenError("another run of this release was opened at the same moment") from error
            return log.write(log.locked(run), [Draft(ev.OPENED, opened)], actor, now)[0]

    def events(self, run: str, after: int = 0) -> list[Event]:
        """The events of a run after the ``after``-th, in order, their chain verified up to the recorded end.

        Raises InputError for an unknown run, DamagedError with the intact events before the damage.
        """
        with self._reading() as log:
            return log.read(log.line(run), after)

    def lines(self, run: str) -> list[bytes]:
        """The lines of a run's log as they are stored, verified as ``events`` verifies them: what a bundle holds."""
        with self._reading() as log:
            line = log.line(run)
            log.read(line, 0)
            return log.stored(line)

    def restore(self, lines: Sequence[bytes]) -> str:
        """Take over the whole log of a run from elsewhere, line by line as it stood there; returns the run's id.

        Raises StoreError for lines that are no whole log of one run, or when the run is here already.
        """
        events = [ev.parse(line) for line in lines]
        first = events[0] if events else None
        if (
            first is None
            or first.kind != ev.OPENED
            or ev.first_break(events)
            or {one.run for one in events} != {first.run}
        ):
            raise StoreError("these lines are not the whole log of one run")
        with self._writing() as log:
            log.restore(events, lines)
        return first.run

    def runs(self, *, service: str = "", open_only: bool = False, limit: int = 0) -> list[RunLine]:
        """The runs, newest first; all of them with ``limit`` 0."""
        where = [clause for clause, wanted in (("service = :service", service), ("outcome = ''", open_only)) if wanted]
        return self._lines(where, {"service": service} if service else {}, limit)

    def unfinished(self) -> list[str]:
        """The open runs whose notebook began to be executed, and is executed still or never came to its end."""
        last = (
            "SELECT kind FROM release_events AS e WHERE e.run = r.run AND kind IN ('cells.started', 'cells.finished')"
            " ORDER BY seq DESC LIMIT 1"
        )
        statement = f"SELECT run FROM release_runs AS r WHERE outcome = '' AND ({last}) = 'cells.started'"  # noqa: S608 - constants
        with self._reading() as log:
            return [run for (run,) in log.connection.execute(sql(statement))]

    def line(self, run: str) -> RunLine:
        """One run's line of the listing. Raises InputError for an unknown run."""
        with self._reading() as log:
            return log.line(run)

    def open_run(self, service: str, version: str, environment: str) -> RunLine | None:
        """The open run of this release, if there is one."""
        where = ["service = :service", "version = :version", "environment = :environment", "outcome = ''"]
        lines = self._lines(where, {"service": service, "version": version, "environment": environment}, 1)
        return lines[0] if lines else None

    def _lines(self, where: Sequence[str], given: Mapping[str, Any], limit: int) -> list[RunLine]:
        statement = f"SELECT {RUN_COLUMNS} FROM release_runs"  # noqa: S608 - constant names, values are bound
        statement += f" WHERE {' AND '.join(where)}" if where else ""
        statement += " ORDER BY opened DESC, run DESC" + (" LIMIT :limit" if limit else "")
        bound = {**given, "limit": limit} if limit else given
        with self._reading() as log:
            return [RunLine(*row) for row in log.connection.execute(sql(statement), bound)]

    def _log(self, connection: "Connection") -> Log:
        return Log(connection, self.name, self._database.postgresql, self._clock)

    @contextmanager
    def _writing(self) -> Iterator[Log]:
        with self._turn, self._database.writing() as connection:
            yield self._log(connection)

    @contextmanager
    def _reading(self) -> Iterator[Log]:
        with self._turn, self._database.reading() as connection:
            yield self._log(connection)


def _supersede(log: Log, old: str, why: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    closing = Draft(ev.CLOSED, {"outcome": "abandoned", **why})
    line = log.locked(old)
    if line.outcome:
        raise OpenError(f"run {old} was closed at the same moment")
    try:
        log.write(line, [closing], actor, at)
    except DamagedError:
        # a log that cannot be continued must not hold up the release for ever
        log.connection.execute(
            sql("UPDATE release_runs SET outcome = 'interrupted', closed = :at WHERE run = :run"),
            {"run": old, "at": ev.written(at)},
        )
