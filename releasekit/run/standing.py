"""The status of one item: what the evidence and the people's words add up to. Knows no store and no markup.

The rule, first that holds:

1. The checklist says that the item does not apply, or a template removed it, and nobody said that it applies: not
   applicable.
2. A rollback step before a rollback began: not entered.
3. A sign-off is done while a signature for its role counts, else open.
4. Evidence failed: failed (a trigger: fired), whatever anybody ticked; waived while a waiver is in force.
5. A person confirmed that it does not apply: not applicable.
6. A person ticked it: done (a trigger: fired, unless waived). A person said that a trigger did not fire: clear.
7. Evidence passed or warned, and none is unknown: passed (a trigger: clear).
8. A waiver is in force: waived.
9. Evidence is unknown, or the item is a trigger: unknown. Else open.

Of several probes the worst verdict counts: fail, unknown, warn, pass. Facts for a person decide nothing.
"""

from datetime import datetime, timedelta

from releasekit.checklist.model import Applies, Item, Kind, Phase
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.run.events import moment
from releasekit.run.state import ItemState, Status, Waiver

GREEN = frozenset({Status.PASSED, Status.DONE, Status.WAIVED, Status.NOT_APPLICABLE, Status.CLEAR, Status.NOT_ENTERED})
_BAD_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


def worst(state: ItemState) -> Evidence | None:
    """The evidence that counts: the worst of the latest of each probe; None when there is none."""
    verdicts = (one for one in state.evidence if one.decides)
    return min(verdicts, key=lambda one: _BAD_FIRST.index(one.verdict), default=None)


def in_force(waiver: Waiver | None, now: datetime | None) -> bool:
    """Whether a waiver holds; a date holds to its end (UTC). Without ``now`` every waiver does."""
    if waiver is None:
        return False
    if not waiver.until or now is None:
        return True
    end = moment(waiver.until)
    return now < (end + timedelta(days=1) if len(waiver.until) == len("2026-11-23") else end)


def status(item: Item, state: ItemState, *, rollback: bool, signed: bool, now: datetime | None = None) -> Status:
    """The item's status by the rule above. ``rollback``: one has begun; ``signed``: a signature for its role counts."""
    if item.applies in (Applies.NO, Applies.REMOVED) and not state.included_by:
        return Status.NOT_APPLICABLE
    if item.kind is Kind.SIGN_OFF:
        return Status.DONE if signed else Status.OPEN
    if item.kind is Kind.TRIGGER:
        return _trigger(state, now)
    if item.phase is Phase.ROLLBACK and not rollback:
        return Status.NOT_ENTERED
    return _answered(state, now)


def _answered(state: ItemState, now: datetime | None) -> Status:
    evidence = worst(state)
    waived = in_force(state.waiver, now)
    if evidence and evidence.verdict is Verdict.FAIL:
        return Status.WAIVED if waived else Status.FAILED
    if state.excluded_by:
        return Status.NOT_APPLICABLE
    if state.ticked:
        return Status.DONE
    if evidence and evidence.verdict in (Verdict.PASS, Verdict.WARN):
        return Status.PASSED
    if waived:
        return Status.WAIVED
    return Status.UNKNOWN if evidence else Status.OPEN


def _trigger(state: ItemState, now: datetime | None) -> Status:
    evidence = worst(state)
    if state.ticked or (evidence and evidence.verdict is Verdict.FAIL):
        return Status.WAIVED if in_force(state.waiver, now) else Status.FIRED
    if state.excluded_by:
        return Status.NOT_APPLICABLE
    if state.cleared_by or (evidence and evidence.verdict in (Verdict.PASS, Verdict.WARN)):
        return Status.CLEAR
    return Status.WAIVED if in_force(state.waiver, now) else Status.UNKNOWN


def required(item: Item, level: str) -> bool:
    """Whether the level asks for the item."""
    return level in item.levels
