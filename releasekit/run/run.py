"""The run that a notebook or a command holds: what may be done now, done at once or refused. Knows no screen."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from releasekit.checklist.model import Item, Kind, Phase
from releasekit.errors import InputError, Problem, RefusedError
from releasekit.parameters.scrubbing import hidden
from releasekit.plan.model import Plan, to_data
from releasekit.probes.evidence import Evidence, Verdict, as_data
from releasekit.run import covers, signing, signoff
from releasekit.run.claims import BEGINNING, Claim, claim
from releasekit.run.events import CLOSED, Actor, Event
from releasekit.run.expiry import expire
from releasekit.run.log import ConflictError, DamagedError, Draft
from releasekit.run.readiness import holding, readiness
from releasekit.run.replay import Fold
from releasekit.run.rules import (
    answerable,
    closable,
    disinterested,
    ends_later,
    find,
    known_scope,
    later,
    outdated,
    phase_named,
    reason_given,
    said,
    was_first,
    words,
)
from releasekit.run.standing import worst
from releasekit.run.state import ItemState, RunState, Status
from releasekit.run.store import Store

Listener = Callable[[tuple[Event, ...], RunState], None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Run:
    """One run in a store, and somebody who acts on it. Safe to share between threads.

    Every act raises RefusedError when the run's rules do not allow it now, or somebody was first; InputError for what
    cannot be; StoreError when it could not be saved. When it returns, it is saved.
    """

    def __init__(self, store: Store, run_id: str, actor: Actor, clock: Callable[[], datetime] = _utc_now) -> None:
        self.store = store
        self.run_id = run_id
        self.actor = actor
        self._clock = clock
        self._fold = Fold()
        self._state: RunState | None = None
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._untold: list[Event] = []
        self._session = uuid4().hex[:12]
        self.at = ""  # the last place that this execution named in the log; "" before its first and after its end

    # -- reading

    @property
    def state(self) -> RunState:
        """The state as last read or written here; waivers that have ended since count as ended."""
        with self._lock:
            if not self._fold.size:
                self._take(self.store.events(self.run_id))
                self._untold.clear()
            return expire(self._known(), self._clock())

    def refresh(self) -> RunState:
        """The state with what others have written since; tells the subscribers when there is something."""
        with self._lock:
            self._take(self.store.events(self.run_id, after=self._fold.size))
        self._tell()
        return self.state

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener(events, state)`` after events were saved or read; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _known(self) -> RunState:
        if self._state is None:
            self._state = self._fold.state()
        return self._state

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.seq <= self._fold.size:
                continue
            if event.prev != self._fold.head:
                raise DamagedError(
                    f"the log of run {self.run_id} no longer holds what was read before event {event.seq}",
                    self.store.name,
                    "it was replaced, by a backup perhaps; `releasekit run` goes on in a new run",
                )
            self._fold.add(event)
            self._untold.append(event)
            self._state = None

    def _tell(self) -> None:
        with self._lock:
            events, self._untold = tuple(self._untold), []
        if events and self._listeners:
            state = self.state
            for listener in tuple(self._listeners):
                listener(events, state)

    # -- writing

    def _act(self, draft: Callable[[RunState], Sequence[Draft]], actor: Actor | None = None) -> None:
        """Save what ``draft`` makes of the state, with nobody writing in between."""
        now = self._clock()

        def decide(new: list[Event]) -> Sequence[Draft]:
            self._take(new)
            state = expire(self._known(), now)
            if state.outcome:
                went_on = f"; it went on as run {state.successor}" if state.successor else ""
                raise RefusedError(f"run {self.run_id} is closed ({state.outcome}){went_on}")
            return draft(state)

        try:
            with self._lock:
                self._take(self.store.act(self.run_id, self._fold.size, decide, actor=actor or self.actor, at=now))
        except ConflictError as error:
            raise RefusedError(was_first(error.winner, self._known().plan)) from error
        finally:
            # refused or not, others' events may have come in
            self._tell()

    def _answer(
        self,
        kind: str,
        item_id: str,
        expect: int | None,
        data: Mapping[str, Any],
        rule: Callable[[Item, ItemState], None] = lambda _item, _one: None,
    ) -> None:
        seen = expect if expect is not None else self._seen(item_id)

        def draft(state: RunState) -> Sequence[Draft]:
            item, one = find(state, item_id)
            if one.version == seen:  # else the store says who was first
                rule(item, one)
            return [Draft(kind, data, item_id, seen)]

        self._act(draft)

    def _seen(self, item_id: str) -> int:
        one = self.state.items.get(item_id)
        return one.version if one else 0

    # -- items

    def tick(self, item_id: str, expect: int | None = None, note: str = "", link: str = "") -> None:
        """Say that it is done, checked, or (a trigger) fired. ``expect`` is the version seen (default: by this run)."""

        def rule(item: Item, one: ItemState) -> None:
            answerable(item, one)
            if one.ticked:
                raise RefusedError(f"“{item.text}” was ticked already, by {one.by} at {one.at}")

        self._answer("item.ticked", item_id, expect, words(note, link), rule)

    def untick(self, item_id: str, expect: int | None = None, note: str = "") -> None:
        """Take a tick back, or a trigger's *clear*."""

        def rule(item: Item, one: ItemState) -> None:
            answerable(item, one)
            if not one.ticked and not one.cleared_by:
                raise RefusedError(f"“{item.text}” is not ticked")

        self._answer("item.unticked", item_id, expect, words(note), rule)

    def clear(self, item_id: str, expect: int | None = None, note: str = "", link: str = "") -> None:
        """Say that a rollback trigger did not fire."""

        def rule(item: Item, _one: ItemState) -> None:
            if item.kind is not Kind.TRIGGER:
                raise RefusedError(f"“{item.text}” is no rollback trigger")

        self._answer("item.cleared", item_id, expect, words(note, link), rule)

    def note(self, item_id: str, text: str, link: str = "") -> None:
        """Leave a remark, a link, or both at an item."""
        data = words(text, link)
        if not data:
            raise InputError("a note needs a text (--note) or a link (--link)")

        def draft(state: RunState) -> Sequence[Draft]:
            find(state, item_id)
            return [Draft("item.noted", data, item_id)]

        self._act(draft)

    def assign(self, item_id: str, to: str = "", expect: int | None = None) -> None:
        """Take an item, or give it to somebody; one at a time has it. ``to=""`` means whoever acts, "-" nobody."""
        whom = "" if to == "-" else said(to) or self.actor.name

        def rule(item: Item, one: ItemState) -> None:
            if one.assignee and whom and one.assignee not in (self.actor.name, whom):
                raise RefusedError(
                    f"{one.assignee} has “{item.text}”", do="it must be given back first: assign it to -"
                )

        self._answer("item.assigned", item_id, expect, {"to": whom}, rule)

    def waive(self, item_id: str, reason: str, until: str = "", approver: str = "", expect: int | None = None) -> None:
        """Take responsibility for an item that is not green. ``until`` is a date or a time (RFC 3339)."""
        data = {"reason": reason_given(reason), "until": until, "approver": said(approver)}
        if until:
            ends_later(until, self._clock())

        def rule(item: Item, one: ItemState) -> None:
            if item.kind is Kind.SIGN_OFF:
                raise RefusedError(f"“{item.text}” is a signature: it cannot be waived")
            disinterested(self._known(), approver, self.actor)
            if one.status in (Status.PASSED, Status.DONE, Status.NOT_APPLICABLE, Status.CLEAR, Status.NOT_ENTERED):
                raise RefusedError(f"“{item.text}” is {one.status}: there is nothing to waive")

        self._answer("item.waived", item_id, expect, data, rule)

    def unwaive(self, item_id: str, reason: str, expect: int | None = None) -> None:
        """Take a waiver back."""

        def rule(item: Item, one: ItemState) -> None:
            if one.waiver is None:
                raise RefusedError(f"“{item.text}” is not waived")

        self._answer("item.unwaived", item_id, expect, {"reason": reason_given(reason)}, rule)

    def exclude(self, items: Sequence[str], reason: str) -> None:
        """Say, or confirm, that items do not apply to this release: all of them or, if one is refused, none."""
        data, seen = {"reason": reason_given(reason)}, {item: self._seen(item) for item in items}  # each once

        def draft(state: RunState) -> Sequence[Draft]:
            for item_id, version in seen.items():
                item, one = find(state, item_id)
                evidence = worst(one)
                if item.kind is Kind.SIGN_OFF:
                    raise RefusedError(f"“{item.text}” is a signature: what the level asks for cannot be left out")
                if one.version == version and one.status is Status.NOT_APPLICABLE:
                    raise RefusedError(f"“{item.text}” does not apply already")
                if evidence and evidence.verdict is Verdict.FAIL:
                    raise RefusedError(f"“{item.text}” failed ({evidence.sentence}): mend it, or waive it")
            return [Draft("item.excluded", data, item_id, version) for item_id, version in seen.items()]

        self._act(draft)

    def include(self, items: str | Sequence[str], note: str = "") -> None:
        """Say that items apply, although they were excluded or proposed not to: all of them or none."""
        wanted = [items] if isinstance(items, str) else list(items)
        data, seen = words(note), {item: self._seen(item) for item in wanted}

        def draft(state: RunState) -> Sequence[Draft]:
            for item_id in seen:
                find(state, item_id)
            return [Draft("item.included", data, item_id, version) for item_id, version in seen.items()]

        self._act(draft)

    # -- signatures, phases, the end

    def statement(self, role: str, scope: str = covers.GO) -> bytes:
        """What a person signs with a key, to give it to ``sign`` as a proof."""
        known_scope(scope)
        with self._lock:
            signing.check_role(self.refresh(), role)
            return signoff.statement(self._fold, self.run_id, role, scope)

    def sign(self, role: str, scope: str = covers.GO, proof: signoff.Proof | None = None) -> None:
        """Sign for a role: ``go`` before the deployment, ``close`` after it. Covers what is in the state now.

        With a ``proof`` it is the key's owner who signs. The rules are those of releasekit.run.signing.
        """
        known_scope(scope)
        proven = signoff.prove(proof) if proof else None
        actor = proven.actor if proven else self.actor

        def draft(state: RunState) -> Sequence[Draft]:
            return [signoff.given(self._fold, state, actor, role, scope, proven)]

        self._act(draft, actor)

    def refuse(self, role: str, reason: str, scope: str = covers.GO) -> None:
        """Say that a role does not sign, and why: by who may sign for it."""
        known_scope(scope)
        data = {"role": role, "scope": scope, "reason": reason_given(reason)}

        def draft(state: RunState) -> Sequence[Draft]:
            signing.check_signer(state, self.actor, role, scope)
            return [Draft("signoff.refused", data)]

        self._act(draft)

    def enter(self, phase: Phase | str, override: str = "") -> None:
        """Go on to a later phase. A gate that is held opens only for an ``override``, a reason that stays visible."""
        target = phase_named(phase)
        if target is Phase.ROLLBACK:
            raise InputError("a rollback begins with its reason: begin_rollback")

        def draft(state: RunState) -> Sequence[Draft]:
            if not later(state, target):
                raise RefusedError(f"the run is in phase {state.phase}: it does not go to {target} from there")
            held = holding(state, target, self._clock())
            sentences = [sentence for why in held.values() for sentence in why]
            if held and not override.strip():
                said = [f"the gate to {target} is held", *sentences]
                do = "settle these, or give a reason to go on all the same (--override)"
                raise RefusedError([*map(Problem, said[:-1]), Problem(said[-1], do=do)])
            data: dict[str, Any] = {"phase": target}
            if again := outdated(state, target):
                data["outdated"] = again
            if held:
                data |= {
                    "override": reason_given(override),
                    "held": sentences,
                    "items": [item for item in held if item],
                }
            return [Draft("phase.entered", data)]

        self._act(draft)

    def begin_rollback(self, reason: str) -> None:
        """Begin to roll back, from deploy, verify or close."""
        data = {"reason": reason_given(reason)}

        def draft(state: RunState) -> Sequence[Draft]:
            if state.rollback_at:
                raise RefusedError(f"the rollback was begun already, by {state.rollback_by} at {state.rollback_at}")
            if state.phase is Phase.PREPARE:
                raise RefusedError("nothing was deployed yet: there is nothing to roll back")
            return [Draft("rollback.begun", data)]

        self._act(draft)

    def close(self, outcome: str, reason: str = "") -> None:
        """End the run: what happened is recorded with what was not green then, and nothing can follow."""
        why = said(reason)

        def draft(state: RunState) -> Sequence[Draft]:
            closable(state, outcome, why, self._clock())
            ready = readiness(state, self._clock())
            left = {"machine": ready.machine, "all": ready.all, "open": [*ready.blocked, *ready.waiting]}
            end = {"outcome": outcome, "reason": why, "phase": state.phase, "readiness": left}
            return [Draft("checkpoint", {"size": state.size, "head": state.head}), Draft(CLOSED, end)]

        self._act(draft)

    # -- what machines bring

    def bind(self, plan: Plan) -> None:
        """Bind a plan to the run; the one that is bound already is not bound again."""

        def draft(state: RunState) -> Sequence[Draft]:
            if state.plan is not None and state.plan.hash == plan.hash:
                return []
            return [Draft("plan.bound", to_data(plan))]

        self._act(draft)

    def add_evidence(self, *evidence: Evidence) -> None:
        """Add what probes brought, all at once."""

        def draft(state: RunState) -> Sequence[Draft]:
            for one in evidence:
                find(state, one.item)
            return [Draft("evidence.added", hidden(as_data(one)), one.item) for one in evidence]

        self._act(draft)

    def claim(self, wanted: Claim, now: datetime) -> None:
        """Claim the run for an execution, whose cells are named from now on. Raises RefusedError, StoreError."""
        claim(self.store, self.run_id, wanted, self.actor, now)
        self._session, self.at = wanted.session, BEGINNING

    def started(self, cell: str) -> None:
        """A cell of the notebook begins: until ``finished`` the run reads as interrupted in it. Not in a closed run."""
        self._cell("cells.started", cell, cell)

    def finished(self, cell: str) -> None:
        """The cell ended."""
        self._cell("cells.finished", cell, "")

    def _cell(self, kind: str, cell: str, at: str) -> None:
        if not self.state.outcome:
            self._act(lambda _state: [Draft(kind, {"cell": hidden(cell), "session": self._session})])
            self.at = at
