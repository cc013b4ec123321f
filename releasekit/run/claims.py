"""Who executes a run now: a claim is an event of the run's log, so that two never do, and one that was killed is known.

A claim is the first `cells.started` of an execution and says which process made it. It ends with the execution, with
the process, or, where that cannot be seen from here, when its time is over.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from releasekit.errors import RefusedError
from releasekit.run.events import Actor, Event, moment, written
from releasekit.run.log import Draft
from releasekit.run.store import Store

ATTEMPTS = 2  # processes that may die over one execution before nobody tries again
BEGINNING = "releasekit's own cells"
_MARGIN = timedelta(minutes=2)  # a machine's clock may be off


@dataclass(frozen=True, slots=True)
class Claim:
    """A process on a machine, and until when (RFC 3339) it is believed without being seen; ``session`` is unique."""

    host: str
    boot: str
    pid: int
    born: int
    until: str
    session: str

    @property
    def holder(self) -> str:
        """What messages call it."""
        return f"process {self.pid} on {self.host}"


def mine(session: str, now: datetime, seconds: float) -> Claim:
    """The claim of this process, for at most so many seconds."""
    pid = os.getpid()
    return Claim(
        platform.node(), _boot(), pid, _born(pid), written(now + timedelta(seconds=seconds) + _MARGIN), session
    )


def claim(store: Store, run: str, wanted: Claim, actor: Actor, now: datetime) -> None:
    """Claim the run, on disk when this returns.

    Raises RefusedError when another process executes it, or when as many as may have died over this very execution;
    StoreError.
    """

    def decide(events: list[Event]) -> Sequence[Draft]:
        other = held(events)
        if attempts(events, wanted.session) >= ATTEMPTS:
            at = next(event.data["cell"] for event in reversed(events) if event.kind == "cells.started")
            raise RefusedError(f"the process that executed it died {ATTEMPTS} times, the last time at {at!r}")
        if other is not None and other.session != wanted.session and lives(other, now):
            raise RefusedError(f"run {run} is being executed by {other.holder}", do="wait for its end, or end it")
        return [Draft("cells.started", {"cell": BEGINNING, "session": wanted.session, "claim": asdict(wanted)})]

    store.act(run, 0, decide, actor=actor)


def attempts(events: Sequence[Event], session: str) -> int:
    """How many processes have claimed the run for this execution."""
    begun = (event.data["claim"] for event in events if event.kind == "cells.started" and "claim" in event.data)
    return sum(one is not None and one.session == session for one in map(_read, begun))


def held(events: Sequence[Event]) -> Claim | None:
    """The claim that no execution has ended: the last one, when no cell has finished since."""
    for event in reversed(events):
        if event.kind == "cells.finished":
            return None
        if event.kind == "cells.started" and "claim" in event.data:
            return _read(event.data["claim"])
    return None


def living(data: Mapping[str, Any], now: datetime) -> Claim | None:
    """The claim that an event holds, if its process may still be at work; None when nothing was claimed."""
    one = _read(data) if data else None
    return one if one is not None and lives(one, now) else None


def lives(one: Claim, now: datetime) -> bool:
    """Whether the process of a claim may still be at work."""
    if one.host == platform.node() and one.boot == _boot():
        return bool(one.born) and _born(one.pid) == one.born
    return now < moment(one.until)


def _read(data: Mapping[str, Any]) -> Claim | None:
    try:
        return Claim(**data)
    except TypeError:  # of another version of releasekit: it cannot be asked, and cannot hold
        return None


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _born(pid: int) -> int:
    """When a process started, in clock ticks since the boot (proc(5), field 22); 0 when there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0
