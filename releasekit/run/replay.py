"""From events to the state of a run. Knows neither store nor clock: the same events always give the same state."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from releasekit.checklist.model import Item, Kind, Phase
from releasekit.errors import StoreError
from releasekit.plan.model import Plan, from_data
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.run import covers
from releasekit.run.answers import ANSWERED, proposed
from releasekit.run.events import NO_EVENT, Event, moment
from releasekit.run.executions import FINISHED, STARTED, Executions
from releasekit.run.expiry import expire
from releasekit.run.standing import status
from releasekit.run.state import Entered, ItemState, RunState, SignOff, Status

_PLANS_KEPT = 16


def replay(events: Iterable[Event]) -> RunState:
    """The state that these events, in their order, add up to. Raises StoreError for events that cannot be read."""
    fold = Fold()
    for event in events:
        fold.add(event)
    return fold.state()


class Fold:
    """Adds events one by one, so that new ones need not replay the old."""

    def __init__(self) -> None:
        self._state = RunState("", "", "", "", head=NO_EVENT)
        self._items: dict[str, ItemState] = {}
        self._listed: dict[str, Item] = {}
        self._signoffs: list[SignOff] = []
        self._covered: list[Mapping[str, Any]] = []
        self._plan_data: Mapping[str, Any] | None = None
        self._digests: dict[str, str] | None = None
        self._executions = Executions()
        self._heads = [NO_EVENT]

    def head_at(self, size: int) -> str:
        """The hash of the ``size``-th event; "" for one that is not there."""
        return self._heads[size] if 0 <= size < len(self._heads) else ""

    @property
    def size(self) -> int:
        """How many events were added."""
        return self._state.size

    @property
    def head(self) -> str:
        """The hash of the last one."""
        return self._state.head

    def state(self) -> RunState:
        """The state now, a value that later events do not change; of a closed run as it was when it was closed."""
        found = replace(self._state, items=MappingProxyType(dict(self._items)), signoffs=tuple(self._signoffs))
        return expire(found, moment(found.closed_at)) if found.outcome else found

    def covering(self, scope: str) -> dict[str, Any]:
        """What a signature of this scope covers now; empty before a plan is bound."""
        plan = self._state.plan
        if plan is None:
            return {}
        rollback = bool(self._state.rollback_at)
        return {**self._plan_digests(), "items": covers.covered_items(plan, self._items, scope, rollback=rollback)}

    def add(self, event: Event) -> None:
        """One more event. What it does not understand it says in ``notices`` and leaves alone."""
        act, answer = _ACTS.get(event.kind), ANSWERED.get(event.kind)
        try:
            if act is not None:
                act(self, event)
            elif answer is not None:
                self._put(answer(self._item(event.item), event))
            else:
                self._notice(f"event {event.seq} has the kind {event.kind!r}, which is not known here: left alone")
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            if isinstance(error, ValidationError):
                raise StoreError(f"the plan of event {event.seq} of run {event.run} cannot be read: {error}") from error
            self._notice(f"event {event.seq} ({event.kind}) lacks what it should say: left alone")
        if event.clock_suspect:
            self._notice(f"the clock was off at event {event.seq} ({event.at}): the events' numbers are the order")
        self._heads.append(event.hash)
        self._state = replace(self._state, size=event.seq, head=event.hash, last_at=event.at)

    def _notice(self, sentence: str) -> None:
        self._state = replace(self._state, notices=(*self._state.notices, sentence))

    def _plan_digests(self) -> dict[str, str]:
        if self._digests is None:
            self._digests = covers.plan_digests(self._plan_data or {})
        return self._digests

    # -- the run

    def _opened(self, event: Event) -> None:
        data = event.data
        self._state = replace(
            self._state,
            run=event.run,
            service=data["service"],
            version=data["version"],
            environment=data["environment"],
            opened_at=event.at,
            opened_by=event.actor,
            parameters_hash=data.get("parameters_hash", ""),
            commit=data.get("commit", ""),
            successor_of=data.get("successor_of", ""),
            why_successor=data.get("why", ""),
            proposals=tuple(proposed(one) for one in data.get("proposals", ())),
        )
        for one in data.get("proposals", ()):
            self._items[one["item"]] = replace(self._item(one["item"]), proposal=proposed(one))

    def _bound(self, event: Event) -> None:
        plan = _plan(_Bound(event.hash, event.data))
        self._plan_data, self._digests = event.data, None
        self._listed = {item.id: item for item in plan.checklist.items}
        self._state = replace(self._state, plan=plan)
        self._judge_all()
        if any(not one.void for one in self._signoffs):
            digests = self._plan_digests()
            self._void(lambda covered: covers.plan_change(covered, digests))
            for item in self._listed:
                self._void_for(item)

    def _closed(self, event: Event) -> None:
        moment(event.at)  # what the run was at its end is judged as of then: it must be one
        self._state = replace(
            self._state,
            outcome=event.data["outcome"],
            closed_at=event.at,
            closed_by=event.actor,
            closed_reason=event.data.get("reason", ""),
            successor=event.data.get("successor", ""),
        )
        self._executed(event)

    def _executed(self, event: Event) -> None:
        known = self._executions
        known.add(event)
        self._state = replace(
            self._state, executing=known.executing, claim=known.claim, interruptions=known.interruptions
        )

    def _entered(self, event: Event) -> None:
        data = event.data
        entered = Entered(
            Phase(data["phase"]),
            event.at,
            event.actor,
            data.get("override", ""),
            tuple(data.get("held", ())),
            tuple(data.get("items", ())),
        )
        self._state = replace(self._state, phase=entered.phase, entered=(*self._state.entered, entered))
        # the event names them, so that a log of before this rule is read as it was
        for item in data.get("outdated", ()):
            one = self._item(item)
            seen = tuple(_outdated(evidence, entered.phase) for evidence in one.evidence)
            self._items[item] = self._judged(replace(one, evidence=seen))

    def _rollback(self, event: Event) -> None:
        entered = Entered(Phase.ROLLBACK, event.at, event.actor, event.data["reason"])
        self._state = replace(
            self._state,
            phase=Phase.ROLLBACK,
            entered=(*self._state.entered, entered),
            rollback_at=event.at,
            rollback_by=event.actor,
            rollback_reason=event.data["reason"],
        )
        self._judge_all()

    def _nothing(self, event: Event) -> None:
        """A checkpoint tells the verifier something, and the state nothing."""

    # -- items

    def _item(self, item: str) -> ItemState:
        return self._items.get(item) or ItemState(item, Status.OPEN)

    def _put(self, state: ItemState) -> None:
        """The item's new words or evidence, its status, and the signatures that this voids."""
        self._items[state.id] = self._judged(state)
        self._void_for(state.id)

    def _judged(self, state: ItemState) -> ItemState:
        item = self._listed.get(state.id)
        if item is None:
            return state
        signature = self._signature(item.role) if item.kind is Kind.SIGN_OFF else None
        if item.kind is Kind.SIGN_OFF:
            state = replace(
                state,
                ticked=signature is not None,
                by=signature.by if signature else "",
                at=signature.at if signature else "",
                grade=signature.grade if signature else "",
            )
        rollback = bool(self._state.rollback_at)
        return replace(state, status=status(item, state, rollback=rollback, signed=signature is not None))

    def _judge_all(self) -> None:
        for item in {**self._listed, **self._items}:
            self._items[item] = self._judged(self._item(item))

    def _signature(self, role: str) -> SignOff | None:
        counting = [one for one in self._signoffs if one.role == role and not one.void and not one.refused]
        return counting[-1] if counting else None

    # -- signatures

    def _signed(self, event: Event) -> None:
        data = event.data
        role, scope = data["role"], data["scope"]
        # the latest word of a role in a scope is the one that counts
        self._withdraw(role, scope, f"{event.actor} signed anew")
        self._signoffs.append(
            SignOff(role, event.actor, event.at, scope, event.grade, data["size"], data["head"], event=event.seq)
        )
        self._covered.append(data.get("covers", {}))
        self._judge_role(role)

    def _refused(self, event: Event) -> None:
        data = event.data
        role, scope, reason = data["role"], data["scope"], data["reason"]
        self._withdraw(role, scope, f"{event.actor} refused: {reason}")
        refusal = SignOff(role, event.actor, event.at, scope, event.grade, event.seq - 1, event.prev, event=event.seq)
        self._signoffs.append(replace(refusal, refused=reason))
        self._covered.append({})
        self._judge_role(role)

    def _withdraw(self, role: str, scope: str, reason: str) -> None:
        for index, one in enumerate(self._signoffs):
            if one.role == role and one.scope == scope and not one.void:
                self._signoffs[index] = replace(one, void=reason)

    def _void_for(self, item: str) -> None:
        if not self._signoffs or item not in self._listed:
            return
        now = covers.covered_item(self._items[item])
        text = self._listed[item].text

        def reason(covered: Mapping[str, Any]) -> str:
            before = covered.get("items", {}).get(item)
            change = covers.item_change(before, now) if before else ""
            return f"“{text}”: {change}" if change else ""

        self._void(reason)

    def _void(self, reason: Callable[[Mapping[str, Any]], str]) -> None:
        roles = set()
        for index, (one, covered) in enumerate(zip(self._signoffs, self._covered, strict=True)):
            why = "" if one.void or one.refused else reason(covered)
            if why:
                self._signoffs[index] = replace(one, void=why)
                roles.add(one.role)
        for role in roles:
            self._judge_role(role)

    def _judge_role(self, role: str) -> None:
        for item in self._listed.values():
            if item.kind is Kind.SIGN_OFF and item.role == role:
                self._items[item.id] = self._judged(self._item(item.id))


_ACTS: Mapping[str, Callable[[Fold, Event], None]] = {
    "run.opened": Fold._opened,
    "plan.bound": Fold._bound,
    STARTED: Fold._executed,
    FINISHED: Fold._executed,
    "signoff.given": Fold._signed,
    "signoff.refused": Fold._refused,
    "phase.entered": Fold._entered,
    "rollback.begun": Fold._rollback,
    "run.closed": Fold._closed,
    "checkpoint": Fold._nothing,
}


def _outdated(evidence: Evidence, phase: Phase) -> Evidence:
    if evidence.verdict not in (Verdict.PASS, Verdict.WARN):
        return evidence
    said = f"{evidence.verdict} before {phase} was entered, and not asked since: {evidence.sentence}"
    return replace(evidence, verdict=Verdict.UNKNOWN, sentence=said, next="ask again")


@dataclass(frozen=True, slots=True)
class _Bound:
    """A plan as JSON data, known by the hash of its event, so that it is read once however often it is replayed."""

    hash: str
    data: Mapping[str, Any] = field(compare=False)


@lru_cache(maxsize=_PLANS_KEPT)
def _plan(bound: _Bound) -> Plan:
    return from_data(dict(bound.data))
