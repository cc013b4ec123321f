"""What an event is: its fields, its kinds, its canonical bytes and its place in the hash chain. Knows no database."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

from releasekit.errors import InputError, StoreError

FORMAT = 1
NO_EVENT = "0" * 64
BEHIND_SECONDS = 2
AHEAD_SECONDS = 120

OPENED = "run.opened"
CLOSED = "run.closed"

# Acts of people that answer an item: two of them on the version both have seen are a conflict. Evidence and notes
# arrive beside people's answers and must not refuse them.
ANSWERS = frozenset(
    {
        "item.ticked",
        "item.unticked",
        "item.cleared",
        "item.assigned",
        "item.waived",
        "item.unwaived",
        "item.excluded",
        "item.included",
    }
)
KINDS = ANSWERS | frozenset(
    {
        OPENED,
        CLOSED,
        "plan.bound",
        "cells.started",
        "cells.finished",
        "evidence.added",
        "item.noted",
        "item.proposed",
        "signoff.given",
        "signoff.refused",
        "phase.entered",
        "rollback.begun",
        "checkpoint",
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and how that is known: ``signed``, ``authenticated`` or ``self-declared``."""

    name: str
    grade: str = "self-declared"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a run's log.

    ``v`` is the format, ``seq`` counts from 1 and is the order (never ``at``, RFC 3339 UTC with milliseconds).
    ``version`` is the item's version after this event. ``prev`` is the hash of the event before, 64 zeros for the
    first. ``hash`` is the SHA-256 of the line that is stored; it is no part of the line.
    ``clock_suspect``: ``at`` lies more than 2 s before the event before it, or more than 120 s ahead of the store's.
    """

    v: int
    seq: int
    id: str
    run: str
    at: str
    kind: str
    actor: str
    grade: str
    item: str
    version: int
    data: dict[str, Any]
    clock_suspect: bool
    prev: str
    hash: str = field(default="", compare=False)


FIELDS = ("v", "seq", "id", "run", "at", "kind", "actor", "grade", "item", "version", "data", "clock_suspect", "prev")
_TYPES: Mapping[str, type] = {
    "v": int,
    "seq": int,
    "version": int,
    "data": dict,
    "clock_suspect": bool,
} | dict.fromkeys(("id", "run", "at", "kind", "actor", "grade", "item", "prev"), str)

# From the fields of one format to those of the next: UPCAST[1] makes format 2 of format 1. Events are never rewritten.
UPCAST: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def canonical(event: Event) -> bytes:
    """The bytes that are stored and hashed: RFC 8785. Raises InputError when the data are not JSON."""
    try:
        return rfc8785.dumps({name: getattr(event, name) for name in FIELDS})
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InputError(f"this cannot be kept in the log of a run: {error}") from error


def digest(line: bytes) -> str:
    """The hash of an event's line, which the next event names as ``prev``."""
    return sha256(line).hexdigest()


def _number(digits: str) -> int | float:
    """RFC 8785 writes the float 1e16 as an integer; beyond 2**53 that is what it was."""
    number = int(digits)
    return number if abs(number) < 2**53 else float(number)


def parse(line: bytes) -> Event:
    """The event of a stored line, brought to the present format.

    Raises StoreError for a line that is no event, or one of a newer format.
    """
    try:
        fields = json.loads(line, parse_int=_number)
        form = fields["v"]
    except (ValueError, OverflowError, KeyError, TypeError, RecursionError) as error:
        raise StoreError("a line of the log is not an event: it was changed outside releasekit") from error
    if not isinstance(form, int) or form > FORMAT or form < 1:
        raise StoreError(
            f"event {fields.get('seq')} has format {form!r}; this releasekit reads formats up to {FORMAT}",
            do="install a newer releasekit to read it",
        )
    for older in range(form, FORMAT):
        fields = UPCAST[older](fields)
    if any(type(fields.get(name)) is not kind for name, kind in _TYPES.items()):
        raise StoreError(f"event {fields.get('seq')} misses fields: it was changed outside releasekit")
    return Event(**{name: fields[name] for name in FIELDS}, hash=digest(line))


def first_break(events: Iterable[Event], size: int = 0, head: str = NO_EVENT) -> int:
    """The number of the first event that does not continue the chain after ``size`` events with ``head``; 0: whole."""
    for event in events:
        if event.seq != size + 1 or event.prev != head:
            return size + 1
        size, head = event.seq, event.hash
    return 0


def written(moment: datetime) -> str:
    """RFC 3339, UTC, milliseconds: ``2026-11-23T05:00:17.123Z``. Raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The moment that ``written`` wrote, or any RFC 3339 one; ValueError for anything else."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def suspect(at: datetime, before: str, store: datetime) -> bool:
    """Whether a clock is off: ``at`` against the event before it and against the store's clock."""
    behind = bool(before) and (moment(before) - at).total_seconds() > BEHIND_SECONDS
    return behind or (at - store).total_seconds() > AHEAD_SECONDS
