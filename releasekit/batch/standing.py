"""Where one service stands, as a row of the board: from its run's log alone, or from why there is no run."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from releasekit.batch.select import Service
from releasekit.checklist.model import Item, Kind, Phase, Section
from releasekit.document.board import Cell, Row
from releasekit.errors import InputError
from releasekit.facts.model import Fact
from releasekit.record.make import NAMES
from releasekit.record.place import Place
from releasekit.run.course import INTERRUPTED, status
from releasekit.run.readiness import readiness
from releasekit.run.standing import GREEN, required
from releasekit.run.state import RunState, Status
from releasekit.run.store import Store

_FAILED = frozenset({Status.FAILED, Status.FIRED})
_MOST = 2_000  # characters of a problem


def kept_at(state: RunState) -> tuple[str, str, str]:
    """The path of a run's record below the place of the board."""
    return state.service, state.version, state.run


def page(state: RunState) -> str:
    """The record's page, as seen from the board."""
    return "/".join((*kept_at(state), NAMES[2]))


def row(state: RunState, record: str, now: datetime) -> Row:
    """The row of a run; ``record`` is its page as seen from the board, "" when there is none."""
    ready = readiness(state, now)
    stands = status(state)
    return Row(
        service=state.service,
        version=state.version,
        environment=state.environment,
        run=state.run,
        record=record,
        status=stands,
        problem=f"interrupted at {state.executing!r}" if stands == INTERRUPTED else "",
        phase=str(state.phase),
        machine=ready.machine,
        all=ready.all,
        sections=tuple(_cells(state)),
        blocked=ready.blocked,
        waiting=ready.waiting,
        needs=tuple(sorted(_named(state))),
        hosts=tuple(sorted(_hosts(state))),
    )


def unrecorded(service: Service, problem: str) -> Row:
    """The row of a service without a run to speak of."""
    said = " ".join(problem.split())
    return Row(service.name, service.version, service.environment, str(service.file), problem=said[:_MOST])


def recorded(store: Store, state: RunState, place: Place) -> bool:
    """Whether the run was executed to its end and its record is there, whole, and shows at least that.

    Raises SourceError when an object store does not answer.
    """
    if state.executing or state.plan is None:
        return False
    try:
        said = json.loads(place.read(NAMES[3]) or b"")
        size, head = int(said["events"]["size"]), said["events"]["head"]
    except (InputError, ValueError, KeyError, TypeError):
        return False
    if said.get("status") == INTERRUPTED or not all(place.holds(name) for name in NAMES):
        return False
    events = store.events(state.run)
    last = max((event.seq for event in events if event.kind == "cells.finished"), default=0)
    return 0 < last <= size <= len(events) and events[size - 1].hash == head


def _cells(state: RunState) -> Iterator[Cell]:
    if state.plan is None:
        return
    for section in state.plan.checklist.sections:
        if section.items:
            yield _cell(state, section)


def _cell(state: RunState, section: Section) -> Cell:
    due = [item for item in section.items if _counts(state, item)]
    by_verdict: dict[str, list[str]] = {"fail": [], "unknown": [], "open": []}
    for item in due:
        one = state.items[item.id].status
        if one in _FAILED:
            by_verdict["fail"].append(item.text)
        elif one is Status.UNKNOWN or (one is Status.OPEN and item.probe):
            by_verdict["unknown"].append(item.text)
        elif one not in GREEN:
            by_verdict["open"].append(item.text)
    settled = len(due) - sum(map(len, by_verdict.values()))
    verdict = next((word for word, items in by_verdict.items() if items), "ok" if due else "none")
    return Cell(section.title, verdict, settled, len(due), "; ".join(by_verdict.get(verdict, ())))


def _counts(state: RunState, item: Item) -> bool:
    """Whether the item is required now: rollback steps are not before a rollback, nor items that do not apply."""
    if state.plan is None or not required(item, state.plan.level):
        return False
    if state.items[item.id].status in (Status.NOT_APPLICABLE, Status.NOT_ENTERED):
        return False
    return item.kind is not Kind.TRIGGER or state.phase is not Phase.PREPARE


def _named(state: RunState) -> set[str]:
    """What the service's files name as something that it calls: services it depends on, hosts of addresses."""
    facts: Sequence[Fact] = state.plan.analysis.facts if state.plan else ()
    named = {fact.name for fact in facts if fact.kind == "depends_on"}
    for fact in facts:
        if isinstance(fact.value, str) and "://" in fact.value:
            named.add(_host(fact.value))
    return named - {""}


def _hosts(state: RunState) -> set[str]:
    """Under which public names the service is reached."""
    facts: Sequence[Fact] = state.plan.analysis.facts if state.plan else ()
    return {str(fact.value) for fact in facts if fact.kind == "host"}


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
