"""The lines of one run within one transaction: locked, verified, read, appended. Knows no rule of a release."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from releasekit.errors import InputError, RefusedError, StoreError
from releasekit.run import events as ev
from releasekit.run.events import Actor, Event

if TYPE_CHECKING:
    from sqlalchemy import Connection, TextClause

RUN_COLUMNS = "run, service, version, environment, parameters_hash, candidate, opened, closed, outcome, size, head"


class DamagedError(StoreError):
    """A log was cut or changed outside releasekit; ``intact`` are the events before the first that was."""

    def __init__(self, what: str, where: str = "", do: str = "", intact: tuple[Event, ...] = ()) -> None:
        super().__init__(what, where, do)
        self.intact = intact


class ConflictError(RefusedError):
    """Somebody answered the item first; ``winner`` is that event."""

    def __init__(self, item: str, winner: Event) -> None:
        super().__init__(f"{winner.actor} was first: {winner.kind} of {item} at {winner.at} (event {winner.seq})")
        self.winner = winner


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be: everything that the store does not add.

    ``expect`` is the item's version that the person saw (None: whatever it is); the same ``id`` is written once.
    """

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    item: str = ""
    expect: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in a listing. ``outcome`` is "" while it is open; ``size`` and ``head`` are those of its log."""

    run: str
    service: str
    version: str
    environment: str
    parameters_hash: str
    commit: str
    opened: str
    closed: str
    outcome: str
    size: int
    head: str


@lru_cache(maxsize=64)
def sql(statement: str) -> "TextClause":
    """The statement, made once; SQLAlchemy is imported only when a database is used."""
    from sqlalchemy import text

    return text(statement)


@dataclass(frozen=True, slots=True)
class Log:
    """The log of runs as one transaction sees it; ``name`` is the store's in messages."""

    connection: "Connection"
    name: str
    postgresql: bool
    clock: Callable[[], datetime]

    def line(self, run: str, lock: str = "") -> RunLine:
        """The run's line of the listing. Raises InputError for an unknown run."""
        statement = f"SELECT {RUN_COLUMNS} FROM release_runs WHERE run = :run{lock}"  # noqa: S608 - constant names
        row = self.connection.execute(sql(statement), {"run": run}).one_or_none()
        if row is None:
            raise InputError(f"there is no run {run!r} in {self.name}", do="`releasekit runs` lists them")
        return RunLine(*row)

    def locked(self, run: str) -> RunLine:
        """The run's line, with nobody else writing to the run until the transaction ends. (SQLite locks the file.)"""
        return self.line(run, " FOR UPDATE" if self.postgresql else "")

    def read(self, line: RunLine, after: int) -> list[Event]:
        """The events after the ``after``-th. Raises DamagedError where chain or recorded end do not hold."""
        rows = self.connection.execute(
            sql("SELECT seq, line FROM release_events WHERE run = :run AND seq BETWEEN :after AND :size ORDER BY seq"),
            {"run": line.run, "after": after, "size": line.size},
        )
        size, head = max(after - 1, 0), "" if after else ev.NO_EVENT
        found: list[Event] = []
        for seq, text in rows:
            try:
                event = ev.parse(text.encode())
            except StoreError as error:
                raise DamagedError(f"run {line.run}: {error}", self.name, intact=tuple(found)) from error
            # the ``after``-th event is read too, to hold on to; what it follows was verified before
            if not event.seq == seq == size + 1 or event.run != line.run:
                raise _damaged(line, size + 1, found)
            if head and event.prev != head:
                raise _damaged(line, size + 1, found, chain=size > 0)
            size, head = event.seq, event.hash
            if size > after:
                found.append(event)
        if size != line.size:
            raise _damaged(line, size + 1, found)
        if head != line.head:
            raise _damaged(line, size, found[:-1])
        return found

    def stored(self, line: RunLine) -> list[bytes]:
        """The bytes of its events, in order."""
        rows = self.connection.execute(
            sql("SELECT line FROM release_events WHERE run = :run AND seq <= :size ORDER BY seq"),
            {"run": line.run, "size": line.size},
        )
        return [text.encode() for (text,) in rows]

    def restore(self, events: Sequence[Event], lines: Sequence[bytes]) -> None:
        """Insert a whole log, parsed and as it stood. Raises StoreError when the run is here already."""
        from sqlalchemy.exc import IntegrityError

        first, last = events[0], events[-1]
        closed = last.kind == ev.CLOSED
        row: dict[str, Any] = {name: str(first.data.get(name, "")) for name in ("service", "version", "environment")}
        row |= {"hash": str(first.data.get("parameters_hash", "")), "commit": str(first.data.get("commit", ""))}
        row |= {"run": first.run, "opened": first.at, "closed": last.at if closed else "", "size": last.seq}
        row |= {"outcome": str(last.data.get("outcome", "")) if closed else "", "head": last.hash}
        statement = (
            f"INSERT INTO release_runs ({RUN_COLUMNS}) VALUES (:run, :service, :version, :environment, :hash,"  # noqa: S608 - constant names
            " :commit, :opened, :closed, :outcome, :size, :head)"
        )
        try:
            self.connection.execute(sql(statement), row)
            for event, text in zip(events, lines, strict=True):
                self._put(event, text)
        except IntegrityError as error:
            raise StoreError(f"run {first.run} is in this store already", self.name) from error

    def write(
        self, line: RunLine, drafts: Iterable[Draft], actor: Actor, at: datetime | None = None
    ) -> tuple[Event, ...]:
        """Append to a locked run. Raises ConflictError, RefusedError, InputError, StoreError; then nothing counts."""
        now, before = self._now(line)
        moment = at or now
        size, head, outcome = line.size, line.head, line.outcome
        written = []
        for draft in drafts:
            known = self._known(line.run, draft) if draft.id else None
            if known is not None:
                written.append(known)
                continue
            if outcome:
                raise RefusedError(f"run {line.run} is closed ({outcome}): nothing can be added")
            event = self._insert(
                Event(
                    v=ev.FORMAT,
                    seq=size + 1,
                    id=draft.id or str(uuid.uuid4()),
                    run=line.run,
                    at=ev.written(moment),
                    kind=_kind(draft.kind),
                    actor=actor.name,
                    grade=actor.grade,
                    item=draft.item,
                    version=self._version(line.run, draft),
                    data=dict(draft.data),
                    clock_suspect=ev.suspect(moment, before, now),
                    prev=head,
                )
            )
            size, head, before = event.seq, event.hash, event.at
            outcome = str(draft.data["outcome"]) if draft.kind == ev.CLOSED else ""
            written.append(event)
        self.connection.execute(
            sql("UPDATE release_runs SET size = :size, head = :head, outcome = :o, closed = :closed WHERE run = :run"),
            {"size": size, "head": head, "o": outcome, "run": line.run}
            | {"closed": line.closed or (before if outcome else "")},
        )
        return tuple(written)

    def _insert(self, event: Event) -> Event:
        from sqlalchemy.exc import IntegrityError

        text = ev.canonical(event)
        try:
            self._put(event, text)
        except IntegrityError as error:
            raise StoreError(
                f"event {event.seq} of run {event.run} cannot be added: the log was changed outside releasekit,"
                " or another run uses the event's id",
                self.name,
            ) from error
        return ev.parse(text)

    def _put(self, event: Event, text: bytes) -> None:
        names = ("run", "seq", "id", "kind", "item", "version")
        statement = (
            "INSERT INTO release_events (run, seq, id, kind, item, version, line)"
            " VALUES (:run, :seq, :id, :kind, :item, :version, :line)"
        )
        self.connection.execute(
            sql(statement), {name: getattr(event, name) for name in names} | {"line": text.decode()}
        )

    def _known(self, run: str, draft: Draft) -> Event | None:
        text = self.connection.execute(
            sql("SELECT line FROM release_events WHERE id = :id AND run = :run"), {"id": draft.id, "run": run}
        ).scalar()
        if text is None:
            return None
        event = ev.parse(text.encode())
        if (event.kind, event.item, event.data) != (draft.kind, draft.item, json.loads(json.dumps(dict(draft.data)))):
            raise RefusedError(f"the event id {draft.id} is used already, for another {event.kind}")
        return event

    def _version(self, run: str, draft: Draft) -> int:
        if not draft.item:
            return 0
        given = {"run": run, "item": draft.item}
        last = "SELECT version FROM release_events WHERE run = :run AND item = :item ORDER BY seq DESC LIMIT 1"
        version = int(self.connection.execute(sql(last), given).scalar() or 0)
        if draft.expect is not None and version != draft.expect:
            first = (
                "SELECT line FROM release_events WHERE run = :run AND item = :item AND version > :seen"
                " ORDER BY seq LIMIT 1"
            )
            text = self.connection.execute(sql(first), given | {"seen": draft.expect}).scalar()
            if text is None:
                raise RefusedError(f"{draft.item} is at version {version}, not {draft.expect}: read it again")
            raise ConflictError(draft.item, ev.parse(text.encode()))
        return version + (draft.kind in ev.ANSWERS)

    def _now(self, line: RunLine) -> tuple[datetime, str]:
        """The store's clock, and when the last event was, which must be the one that the run's line records."""
        # where several machines write, the server's clock is the one that they share
        clock = "clock_timestamp()" if self.postgresql else "NULL"
        statement = f"SELECT {clock}, (SELECT line FROM release_events WHERE run = :run AND seq = :seq)"  # noqa: S608 - constants
        now, text = self.connection.execute(sql(statement), {"run": line.run, "seq": line.size}).one()
        moment = now.astimezone(UTC) if self.postgresql else self.clock()
        if not line.size:
            return moment, ""
        # an end that was changed is nothing to go on from
        if text is None or ev.digest(text.encode()) != line.head:
            raise _damaged(line, line.size, ())
        return moment, ev.parse(text.encode()).at


def _kind(kind: str) -> str:
    if kind not in ev.KINDS:
        raise InputError(f"there is no kind of event {kind!r}")
    return kind


def _damaged(line: RunLine, seq: int, intact: Iterable[Event], *, chain: bool = False) -> DamagedError:
    """With ``chain`` an event does not name the hash of the one before it: which of the two was changed is not told."""
    at = f"{seq - 1} or {seq}" if chain else f"{seq}"
    return DamagedError(
        f"the log of run {line.run} was cut or changed outside releasekit at event {at} of {line.size}",
        do="the events before it can still be read; `releasekit run` goes on in a new run",
        intact=tuple(intact),
    )
