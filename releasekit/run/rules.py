"""What may be done in a run, and the words of a refusal. Knows no store."""

from datetime import datetime

from releasekit.checklist.model import Item, Kind, Phase
from releasekit.errors import InputError, RefusedError
from releasekit.parameters.screening import looks_secret
from releasekit.plan.model import Plan
from releasekit.probes.evidence import Verdict
from releasekit.run import covers
from releasekit.run.course import unfinished
from releasekit.run.events import Actor, Event, moment
from releasekit.run.gathering import due
from releasekit.run.readiness import ORDER
from releasekit.run.signing import policy
from releasekit.run.state import ItemState, RunState, Status

TEXT_LIMIT = 20_000
OUTCOMES = ("deployed", "rolled-back", "abandoned", "interrupted")


def answerable(item: Item, one: ItemState) -> None:
    """Raises RefusedError where nobody can tick the item now."""
    if item.kind is Kind.SIGN_OFF:
        raise RefusedError(f"“{item.text}” is a signature: sign for the role {item.role}")
    if one.status is Status.NOT_ENTERED:
        raise RefusedError(f"“{item.text}” is a rollback step: begin the rollback first")
    if one.status is Status.NOT_APPLICABLE:
        why = one.excluded_reason or item.reason
        raise RefusedError(
            f"“{item.text}” does not apply" + (f": {why}" if why else ""), do="say first that it applies"
        )


def closable(state: RunState, outcome: str, reason: str, now: datetime) -> None:
    """Raises InputError for what is no outcome, RefusedError where a run cannot end so."""
    if outcome not in OUTCOMES:
        raise InputError(f"{outcome!r} is no outcome", do=f"one of: {', '.join(OUTCOMES)}")
    if outcome == "rolled-back" and not state.rollback_at:
        raise RefusedError("no rollback was begun in this run", do="begin it, or close with another outcome")
    if outcome != "deployed":
        return
    if state.rollback_at:
        raise RefusedError(f"a rollback was begun at {state.rollback_at}: this run ends rolled-back or abandoned")
    if state.executing and not reason:
        raise RefusedError(unfinished(state, now), do="say why it was deployed so (--reason)")


def find(state: RunState, item_id: str) -> tuple[Item, ItemState]:
    """An item and how it stands. Raises RefusedError before a plan is bound, InputError for an unknown item."""
    if state.plan is None:
        raise RefusedError(
            "nothing was analysed yet: no plan is bound to this run", do="run the notebook's first cells"
        )
    for item in state.plan.checklist.items:
        if item.id == item_id:
            return item, state.items[item_id]
    raise InputError(f"the checklist has no item {item_id!r}", do=nearest(item_id, state.plan))


def disinterested(state: RunState, approver: str, actor: Actor) -> None:
    """Raises RefusedError when the approver of a waiver is the person who waives."""
    if approver and state.plan and policy(state.plan.parameters).everybody.same(approver, actor.name):
        raise RefusedError(f"{actor.name} cannot approve their own waiver", do="name somebody else, or nobody")


def was_first(winner: Event, plan: Plan | None) -> str:
    """Who answered the item first, in words."""
    did = {
        "item.ticked": "ticked",
        "item.unticked": "unticked",
        "item.cleared": "cleared",
        "item.assigned": "assigned",
        "item.waived": "waived",
        "item.unwaived": "took the waiver back from",
        "item.excluded": "excluded",
        "item.included": "included",
    }[winner.kind]
    texts = {item.id: item.text for item in plan.checklist.items} if plan else {}
    text = texts.get(winner.item, winner.item)
    return f"{winner.actor} was first: {did} “{text}” at {winner.at} (event {winner.seq})"


def words(text: str, link: str = "") -> dict[str, str]:
    """A note's text and link as an event's data, empty ones left out. Raises InputError: too long, or a secret."""
    if looks_secret(text) or looks_secret(link):
        raise InputError("this holds a password or a token, and what is said is kept for ever", do="leave it out")
    if len(text) > TEXT_LIMIT or len(link) > TEXT_LIMIT:
        raise InputError(f"a note of more than {TEXT_LIMIT} characters", do="leave a link to it instead")
    said = {"text": text.strip(), "link": link.strip()}
    return {name: value for name, value in said.items() if value}


def said(text: str) -> str:
    """What somebody said in one text, "" where nothing was. Raises InputError as `words` does."""
    return words(text).get("text", "")


def reason_given(given: str) -> str:
    """A reason that was given. Raises InputError without one."""
    if not given.strip():
        raise InputError("this needs a reason (--reason)")
    return words(given)["text"]


def known_scope(scope: str) -> None:
    """Raises InputError for what is no scope of a signature."""
    if scope not in covers.SCOPES:
        raise InputError(f"{scope!r} is no scope of a signature", do=f"one of: {', '.join(covers.SCOPES)}")


def phase_named(phase: Phase | str) -> Phase:
    """The phase of this name; InputError for none."""
    try:
        return Phase(phase)
    except ValueError as error:
        raise InputError(f"{phase!r} is no phase", do=f"one of: {', '.join(ORDER)}") from error


def outdated(state: RunState, target: Phase) -> list[str]:
    """The triggers and the items of verify and close that pass by what was seen before their phase, now entered.

    What was seen then is of the version before. A fail stays: it is no reason to go on.
    """
    rollback = bool(state.rollback_at)
    return [
        item.id
        for item in (state.plan.checklist.items if state.plan else ())
        if item.kind is Kind.TRIGGER or item.phase in (Phase.VERIFY, Phase.CLOSE)
        if due(item, target, rollback=rollback) and not due(item, state.phase, rollback=rollback)
        if item.id in state.items
        and any(one.verdict in (Verdict.PASS, Verdict.WARN) for one in state.items[item.id].evidence)
    ]


def later(state: RunState, target: Phase) -> bool:
    """Whether the run can go on to the phase from where it is."""
    if state.phase is Phase.ROLLBACK:
        return target is Phase.CLOSE
    return ORDER.index(target) > ORDER.index(state.phase)


def nearest(item_id: str, plan: Plan) -> str:
    """What to do about an item that is not there."""
    from difflib import get_close_matches

    near = get_close_matches(item_id, [item.id for item in plan.checklist.items], 1, 0.4)
    return f"did you mean {near[0]}?" if near else "`releasekit show RUN` lists them"


def ends_later(until: str, now: datetime) -> None:
    """Raises InputError for what is no date or time, or lies in the past."""
    try:
        end = moment(until)
    except ValueError as error:
        raise InputError(f"{until!r} is no date or time", do="write 2026-11-24 or 2026-11-24T22:00:00Z") from error
    if end.date() < now.date():
        raise InputError(f"a waiver cannot end in the past ({until})")
