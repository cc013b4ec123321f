"""What one event does to one item: people's words and the evidence, kept apart. Knows no other item and no rule."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from releasekit.probes.evidence import Evidence, Verdict, series_of
from releasekit.run.events import Event
from releasekit.run.standing import worst
from releasekit.run.state import ItemState, Note, Waiver


def proposed(data: Mapping[str, Any]) -> Note:
    """What a person answered in the run before, as a proposal for this one."""
    return Note(data["text"], data["by"], data["at"], data.get("link", ""))


def _worded(state: ItemState, event: Event, *, ticked: bool = False, cleared: bool = False) -> ItemState:
    """The person's latest word: it fired or is done, a trigger did not fire, or neither."""
    return replace(
        _noted(state, event),
        ticked=ticked,
        by=event.actor if ticked else "",
        at=event.at if ticked else "",
        grade=event.grade if ticked or cleared else "",
        cleared_by=event.actor if cleared else "",
        cleared_at=event.at if cleared else "",
        version=event.version,
    )


def _noted(state: ItemState, event: Event) -> ItemState:
    text, link = event.data.get("text", ""), event.data.get("link", "")
    if not text and not link:
        return state
    return replace(state, notes=(*state.notes, Note(text, event.actor, event.at, link)))


def _assigned(state: ItemState, event: Event) -> ItemState:
    return replace(state, assignee=event.data["to"], version=event.version)


def _waived(state: ItemState, event: Event) -> ItemState:
    evidence = worst(state)
    waiver = Waiver(
        event.data["reason"],
        event.actor,
        event.at,
        event.data.get("until", ""),
        event.data.get("approver", ""),
        evidence.verdict if evidence else "",
        evidence.sentence if evidence else "",
        event.grade,
    )
    return replace(state, waiver=waiver, version=event.version)


def _excluded(state: ItemState, event: Event) -> ItemState:
    without = _worded(state, event)
    return replace(without, excluded_by=event.actor, excluded_reason=event.data["reason"], included_by="")


def _included(state: ItemState, event: Event) -> ItemState:
    included = replace(state, excluded_by="", excluded_reason="", included_by=event.actor, version=event.version)
    return _noted(included, event)


def _proposed(state: ItemState, event: Event) -> ItemState:
    return replace(state, proposal=Note(event.data["text"], event.actor, event.at))


def _evidence(state: ItemState, event: Event) -> ItemState:
    data = event.data
    evidence = Evidence(
        item=event.item,
        probe=data["probe"],
        verdict=Verdict(data["verdict"]),
        sentence=data["sentence"],
        source=data.get("source", ""),
        commit=data.get("commit"),
        at=data.get("at", "") or event.at,
        seconds=float(data.get("seconds", 0)),
        next=data.get("next", ""),
        sha256=data.get("sha256", ""),
        series=series_of(data.get("series")),
    )
    others = tuple(one for one in state.evidence if one.probe != evidence.probe)
    return replace(state, evidence=(*others, evidence))


ANSWERED: Mapping[str, Callable[[ItemState, Event], ItemState]] = {
    "item.ticked": lambda state, event: _worded(state, event, ticked=True),
    "item.unticked": _worded,
    "item.cleared": lambda state, event: _worded(state, event, cleared=True),
    "item.noted": _noted,
    "item.assigned": _assigned,
    "item.waived": _waived,
    "item.unwaived": lambda state, event: replace(state, waiver=None, version=event.version),
    "item.excluded": _excluded,
    "item.included": _included,
    "item.proposed": _proposed,
    "evidence.added": _evidence,
}
