"""Go, no-go or cannot tell, by a rule that anybody can read. It reads a state; a person decides.

What is due: the items that the level requires in the current phase and in the phases before it; after a rollback began
those of the rollback, then of closing. Passed-over items (an override named them) are remarks. Rollback triggers are
watched from deploy on, and must be answered from verify on.

Of what is due, by its status:

* failed, or a trigger that fired: blocked, **no-go** (a fired trigger no longer once the rollback began).
* not green, and a probe could judge it: blocked, **cannot tell**. A person's tick on it does not change what machines
  can tell; with a note or a link it is that person's answer, and counts for the people's readiness.
* proposed not applicable, not confirmed: waiting.
* not green, only a person can judge it: waiting. Ticked without a note or a link: waiting for that.
* a sign-off without a signature that counts (go until closing, then close): waiting; one that was refused: **no-go**.
  So is waiting for somebody who wrote none of the commits (releasekit.run.signing).
* passed with a warning, waived: go, with a remark.

``machine`` is no-go if anything failed, else cannot-tell if machines cannot tell something, else go. ``all`` is no-go
if ``machine`` is or somebody refused, else cannot-tell while something is unanswered or people are waited for, else go.
"""

from dataclasses import dataclass, field
from datetime import datetime

from releasekit.checklist.model import Applies, Item, Kind, Phase
from releasekit.probes.evidence import Verdict
from releasekit.run import covers, signing
from releasekit.run.expiry import expire
from releasekit.run.gathering import due
from releasekit.run.standing import required, worst
from releasekit.run.state import ItemState, Readiness, RunState, SignOff, Status

GO, NO_GO, CANNOT_TELL = "go", "no-go", "cannot-tell"
ORDER = (Phase.PREPARE, Phase.DEPLOY, Phase.VERIFY, Phase.CLOSE)


@dataclass(slots=True)
class _Tally:
    failed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def held(self) -> tuple[str, ...]:
        return (*self.failed, *self.refused, *self.unknown, *self.waiting)


def readiness(state: RunState, now: datetime) -> Readiness:
    """The readiness of the phase that is due, by the rule above."""
    if state.plan is None:
        return Readiness(CANNOT_TELL, CANNOT_TELL, blocked=("nothing was analysed yet: no plan is bound to this run",))
    state = expire(state, now)
    tally = _Tally()
    for item in _due(state, state.phase):
        _judge(tally, state, item, state.phase)
    needed, said = _independence(state, state.phase)
    tally.waiting += [needed] if needed else []
    tally.remarks += [said] if said else []
    for entered in state.entered:
        if entered.override and entered.phase is not Phase.ROLLBACK:
            tally.remarks.append(f"{entered.by} went on to {entered.phase} all the same: {entered.override}")
    machine = NO_GO if tally.failed else CANNOT_TELL if tally.unknown or tally.answered else GO
    everybody = GO
    if tally.failed or tally.refused:
        everybody = NO_GO
    elif tally.unknown or tally.waiting:
        everybody = CANNOT_TELL
    return Readiness(
        machine,
        everybody,
        blocked=(*tally.failed, *tally.unknown, *tally.answered),
        waiting=(*tally.refused, *tally.waiting),
        remarks=tuple(tally.remarks),
    )


def holding(state: RunState, target: Phase, now: datetime) -> dict[str, tuple[str, ...]]:
    """What holds the gate to ``target``: by id of what is required before it and not green, why."""
    if state.plan is None:
        return {"": ("nothing was analysed yet: no plan is bound to this run",)}
    state = expire(state, now)
    held = {}
    before = ORDER[: ORDER.index(target)]
    for item in _due(state, before[-1]):
        tally = _Tally()
        _judge(tally, state, item, before[-1])
        if tally.held:
            held[item.id] = tally.held
    needed, _ = _independence(state, before[-1])
    return held | ({signing.INDEPENDENCE: (needed,)} if needed else {})


def _due(state: RunState, phase: Phase) -> list[Item]:
    plan = state.plan
    if plan is None:
        return []
    passed_over, rollback, signed = _passed_over(state), bool(state.rollback_at), _signatures_due(state, phase)
    return [
        item
        for item in plan.checklist.items
        if required(item, plan.level)
        and item.id not in passed_over
        and (signed if item.kind is Kind.SIGN_OFF else due(item, phase, rollback=rollback))
    ]


def _judge(tally: _Tally, state: RunState, item: Item, phase: Phase) -> None:
    one = state.items[item.id]
    if item.kind is Kind.SIGN_OFF:
        if one.status is not Status.NOT_APPLICABLE:
            _judge_signature(tally, state, item, phase)
    elif item.kind is Kind.TRIGGER:
        _judge_trigger(tally, item, one, phase)
    else:
        _judge_work(tally, item, one)


def _judge_work(tally: _Tally, item: Item, one: ItemState) -> None:
    name, evidence = f"“{item.text}”", worst(one)
    if one.status is Status.FAILED:
        tally.failed.append(f"{name} failed: {_said(one)}")
    elif one.status is Status.WAIVED and one.waiver:
        tally.remarks.append(f"{name} is waived by {one.waiver.by}: {one.waiver.reason}")
    elif one.status is Status.PASSED and evidence and evidence.verdict is Verdict.WARN:
        tally.remarks.append(f"{name} passed with a warning: {evidence.sentence}")
    elif one.status is Status.DONE:
        _judge_word(tally, item, one)
    elif one.status in (Status.OPEN, Status.UNKNOWN):
        if item.applies is Applies.PROPOSED and not one.included_by:
            tally.waiting.append(
                f"{name} is proposed not applicable ({item.reason}): confirm it, or say that it applies"
            )
        elif item.probe:
            tally.unknown.append(f"{name} is unknown: {_said(one)}")
        else:
            tally.waiting.append(f"{name} waits for {_whom(item, one)}")


def _judge_word(tally: _Tally, item: Item, one: ItemState) -> None:
    """A person ticked it. What machines were to judge stays theirs; what only people can needs a note or a link."""
    name, evidence = f"“{item.text}”", worst(one)
    if evidence and evidence.verdict in (Verdict.PASS, Verdict.WARN):
        if evidence.verdict is Verdict.WARN:
            tally.remarks.append(f"{name} passed with a warning: {evidence.sentence}")
        return
    if not one.notes:
        tally.waiting.append(f"{name} was ticked by {one.by} without a note or a link that shows it")
    if item.probe and one.notes:
        tally.answered.append(
            f"{name} is unknown to machines: {_said(one)}; {one.by} answered it: {one.notes[-1].text}"
        )
    elif item.probe:
        tally.unknown.append(f"{name} is unknown: {_said(one)}")


def _judge_trigger(tally: _Tally, item: Item, one: ItemState, phase: Phase) -> None:
    name = f"“{item.text}”"
    if one.status is Status.FIRED:
        why = f"{one.by} said so" if one.ticked else _said(one)
        tally.failed.append(f"the rollback trigger {name} fired: {why}")
    elif one.status is Status.WAIVED and one.waiver:
        tally.remarks.append(f"the rollback trigger {name} is waived by {one.waiver.by}: {one.waiver.reason}")
    elif one.status is Status.UNKNOWN and phase is not Phase.DEPLOY:
        if item.applies is Applies.PROPOSED and not one.included_by:
            tally.waiting.append(
                f"{name} is proposed not applicable ({item.reason}): confirm it, or say that it applies"
            )
        elif item.probe:
            tally.unknown.append(f"whether {name} fired is unknown: {_said(one)}")
        else:
            tally.waiting.append(f"nobody has said whether {name} fired: {_whom(item, one)}")


def _judge_signature(tally: _Tally, state: RunState, item: Item, phase: Phase) -> None:
    scope = _scope(phase)
    name, mine = item.label or item.role, _last(state, item.role, scope)
    if mine is None:
        tally.waiting.append(f"{name} has not signed ({scope})")
    elif mine.refused:
        tally.refused.append(f"{name}: {mine.by} refused to sign ({scope}): {mine.refused}")
    elif mine.void:
        tally.waiting.append(f"{name}: the signature of {mine.by} ({scope}) no longer counts: {mine.void}")


def _passed_over(state: RunState) -> set[str]:
    return {item for entered in state.entered for item in entered.items}


def _independence(state: RunState, phase: Phase) -> tuple[str, str]:
    if not _signatures_due(state, phase) or signing.INDEPENDENCE in _passed_over(state):
        return "", ""
    return signing.independence(state, _scope(phase))


def _signatures_due(state: RunState, phase: Phase) -> bool:
    return phase is Phase.CLOSE or not state.rollback_at


def _scope(phase: Phase) -> str:
    return covers.CLOSE if phase is Phase.CLOSE else covers.GO


def _last(state: RunState, role: str, scope: str) -> SignOff | None:
    mine = [one for one in state.signoffs if one.role == role and one.scope == scope]
    return mine[-1] if mine else None


def _said(one: ItemState) -> str:
    evidence = worst(one)
    if evidence is None:
        return "no evidence was collected"
    source = f" ({evidence.source})" if evidence.source else ""
    return f"{evidence.sentence.rstrip('.')}{source}"


def _whom(item: Item, one: ItemState) -> str:
    return one.assignee or item.role.replace("_", " ")
