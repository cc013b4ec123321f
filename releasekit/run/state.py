"""What a run's events add up to. A value: replay makes it, views and documents read it, nobody changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from releasekit.checklist.model import Phase
from releasekit.plan.model import Plan
from releasekit.probes.evidence import Evidence


class Status(StrEnum):
    """The status of an item as people see it. A trigger is clear, fired or unknown; rollback steps are not entered."""

    OPEN = "open"
    PASSED = "passed"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    CLEAR = "clear"
    FIRED = "fired"
    NOT_ENTERED = "not-entered"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark or a link that a person left at an item."""

    text: str
    by: str
    at: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person takes responsibility for an item that is not green; ``until`` is an RFC 3339 date or time, or "".

    ``verdict`` and ``sentence`` are what was waived: they stay, whatever evidence comes later.
    """

    reason: str
    by: str
    at: str
    until: str = ""
    approver: str = ""
    verdict: str = ""
    sentence: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class ItemState:
    """One item of a run. ``version`` counts the answers that people gave (optimistic concurrency).

    ``ticked`` is the person's word, ``by`` and ``at`` whose and when, ``grade`` how that is known; ``evidence`` is the
    latest of each probe. The two are kept apart; ``status`` is what both add up to. ``cleared_by`` says that a trigger
    did not fire, ``included_by`` that the item applies although it was proposed not to. ``proposal`` is what people
    answered in the run before this one, or outside of it.
    """

    id: str
    status: Status
    version: int = 0
    ticked: bool = False
    by: str = ""
    at: str = ""
    assignee: str = ""
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[Note, ...] = ()
    waiver: Waiver | None = None
    excluded_by: str = ""
    excluded_reason: str = ""
    grade: str = ""
    cleared_by: str = ""
    cleared_at: str = ""
    included_by: str = ""
    proposal: Note | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """A role's signature: who, when, go or close, over which log; ``void`` says why it no longer counts.

    ``refused`` is the reason of a person who does not sign. ``event`` is the number of the event.
    """

    role: str
    by: str
    at: str
    scope: str
    grade: str
    size: int
    head: str
    void: str = ""
    refused: str = ""
    event: int = 0


@dataclass(frozen=True, slots=True)
class Entered:
    """A phase that was entered: when, by whom; ``override`` is the reason where the gate was held.

    ``held`` are the sentences that held it, ``items`` the ids of the items that were passed over.
    """

    phase: Phase
    at: str
    by: str
    override: str = ""
    held: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interruption:
    """An execution of the notebook that did not come to its end: the cell it was at, since when, and by which event.

    ``noticed`` is when that was known: when the next execution began, or the run was closed.
    """

    cell: str
    at: str
    event: int
    noticed: str


@dataclass(frozen=True, slots=True)
class RunState:
    """A run, replayed. ``size`` and ``head`` are the number of events and the hash of the last one.

    ``outcome`` is "" while the run is open; else deployed, rolled-back, abandoned or interrupted. ``executing`` is the
    notebook cell that began and has not finished, ``claim`` the process that began it, as the event says;
    ``interruptions`` are the executions before it that did not come to their end. ``entered`` are the phases gone
    through, in order. ``notices`` are sentences about the log itself: a clock that jumped, an event of an unknown kind.
    ``successor`` is the run that went on after this one.
    """

    run: str
    service: str
    version: str
    environment: str
    opened_at: str = ""
    opened_by: str = ""
    plan: Plan | None = None
    phase: Phase = Phase.PREPARE
    items: Mapping[str, ItemState] = field(default_factory=lambda: MappingProxyType({}))
    signoffs: tuple[SignOff, ...] = ()
    proposals: tuple[Note, ...] = ()
    successor_of: str = ""
    why_successor: str = ""
    executing: str = ""
    outcome: str = ""
    closed_at: str = ""
    closed_by: str = ""
    last_at: str = ""
    size: int = 0
    head: str = ""
    parameters_hash: str = ""
    commit: str = ""
    successor: str = ""
    closed_reason: str = ""
    entered: tuple[Entered, ...] = ()
    rollback_at: str = ""
    rollback_by: str = ""
    rollback_reason: str = ""
    notices: tuple[str, ...] = ()
    claim: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    interruptions: tuple[Interruption, ...] = ()

    def durations(self) -> dict[Phase, float]:
        """Seconds spent in each phase so far, up to the last event; 0 where a clock ran back."""
        spent: dict[Phase, float] = {}
        since, phase = self.opened_at, Phase.PREPARE
        for upto, following in [
            *((one.at, one.phase) for one in self.entered),
            (self.closed_at or self.last_at, phase),
        ]:
            if since and upto:
                seconds = (datetime.fromisoformat(upto) - datetime.fromisoformat(since)).total_seconds()
                spent[phase] = spent.get(phase, 0.0) + max(0.0, seconds)
            since, phase = upto, following
        return spent


@dataclass(frozen=True, slots=True)
class Readiness:
    """go, no-go or cannot-tell, by machine alone and with people; each with the sentences that say why.

    ``machine`` and ``all`` are one of ``go``, ``no-go``, ``cannot-tell``; ``blocked`` are sentences about evidence,
    ``waiting`` sentences about people, ``remarks`` about what is go all the same: warnings, waivers, overrides.
    """

    machine: str
    all: str
    blocked: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
