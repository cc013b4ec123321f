"""A run's events as sentences, the newest first. Knows no state: it reads the events themselves."""

from collections.abc import Callable, Mapping, Sequence

from releasekit.document.blocks import Block, Inline, Paragraph, Table, plain
from releasekit.document.items import FOR_A_PERSON, VERDICT
from releasekit.document.when import moment
from releasekit.plan.model import Plan
from releasekit.probes.evidence import FACTS, Verdict
from releasekit.run.events import Event
from releasekit.run.executions import FINISHED, STARTED, interruptions

SHOWN = 60  # of a run that goes on, while somebody looks at it
_UNTOLD = frozenset({STARTED, FINISHED, "checkpoint"})


def timeline(events: Sequence[Event], plan: Plan | None, limit: int | None = None) -> tuple[Block, ...]:
    """What happened, newest first: all of it, or at most the ``limit`` newest events.

    Where a notebook was executed is left out, but for what was interrupted.
    """
    names = {item.id: item.text for item in plan.checklist.items} if plan else {}
    cut = {one.event: plain(f"“{one.cell}” of the notebook began and never ended") for one in interruptions(events)}
    told = [
        (event, cut.get(event.seq) or _SAID.get(event.kind, _unknown)(event, names))
        for event in events
        if event.kind not in _UNTOLD or event.seq in cut
    ]
    if not told:
        return (Paragraph(plain("Nothing happened yet.")),)
    newest = told[::-1][:limit]
    rows = tuple((plain(str(event.seq)), plain(moment(event.at)), plain(_who(event)), said) for event, said in newest)
    caption = f"{len(told)} events" if len(newest) == len(told) else f"The newest {limit} of {len(told)} events"
    return (Table(caption, ("event", "when", "who", "what"), rows),)


def _who(event: Event) -> str:
    return f"{event.actor} ({event.grade})" if event.grade else event.actor


def _of(event: Event, names: Mapping[str, str]) -> str:
    return f"“{names.get(event.item, event.item)}”"


def _did(verb: str, key: str = "text") -> Callable[[Event, Mapping[str, str]], Inline]:
    def say(event: Event, names: Mapping[str, str]) -> Inline:
        more = event.data.get(key, "")
        return plain(f"{verb} {_of(event, names)}{f': {more}' if more else ''}")

    return say


def _evidence(event: Event, names: Mapping[str, str]) -> Inline:
    known = {str(verdict): mark for verdict, mark in VERDICT.items()}
    mark = known.get(str(event.data.get("verdict", "")), VERDICT[Verdict.UNKNOWN])
    if str(event.data.get("probe", "")).startswith(FACTS) and event.data.get("source"):
        mark = FOR_A_PERSON
    return (mark, *plain(f"{_of(event, names)}: {event.data.get('sentence', '')}"))


def _assigned(event: Event, names: Mapping[str, str]) -> Inline:
    to = event.data.get("to", "")
    return plain(f"gave {_of(event, names)} to {to}" if to else f"gave {_of(event, names)} back")


def _entered(event: Event, _names: Mapping[str, str]) -> Inline:
    override = event.data.get("override", "")
    return plain(
        f"went on to {event.data.get('phase')}{f' although the gate was held: {override}' if override else ''}"
    )


def _signed(event: Event, _names: Mapping[str, str]) -> Inline:
    return plain(f"signed as {str(event.data.get('role', '')).replace('_', ' ')} ({event.data.get('scope', '')})")


def _refused(event: Event, _names: Mapping[str, str]) -> Inline:
    role = str(event.data.get("role", "")).replace("_", " ")
    return plain(f"refused to sign as {role}: {event.data.get('reason', '')}")


def _closed(event: Event, _names: Mapping[str, str]) -> Inline:
    reason = event.data.get("reason", "")
    went_on = event.data.get("successor", "")
    after = f"; it went on as run {went_on}" if went_on else ""
    return plain(f"closed the run: {event.data.get('outcome')}{f', {reason}' if reason else ''}{after}")


def _opened(event: Event, _names: Mapping[str, str]) -> Inline:
    before, why = event.data.get("successor_of", ""), event.data.get("why", "")
    return plain(f"opened the run, after run {before}: {why or 'it changed'}" if before else "opened the run")


def _unknown(event: Event, _names: Mapping[str, str]) -> Inline:
    return plain(f"an event of the kind {event.kind!r}, which is not known here")


_SAID: Mapping[str, Callable[[Event, Mapping[str, str]], Inline]] = {
    "run.opened": _opened,
    "plan.bound": lambda _event, _names: plain("bound a plan to the run"),
    "item.ticked": _did("ticked"),
    "item.unticked": _did("took back the tick of"),
    "item.cleared": _did("said that it did not fire:"),
    "item.noted": _did("noted at"),
    "item.assigned": _assigned,
    "item.waived": _did("waived", "reason"),
    "item.unwaived": _did("took back the waiver of", "reason"),
    "item.excluded": _did("said that it does not apply:", "reason"),
    "item.included": _did("said that it applies:"),
    "item.proposed": _did("proposed, without answering,"),
    "evidence.added": _evidence,
    "signoff.given": _signed,
    "signoff.refused": _refused,
    "phase.entered": _entered,
    "rollback.begun": lambda event, _names: plain(f"began the rollback: {event.data.get('reason', '')}"),
    "run.closed": _closed,
}
