"""What a sign-off covers, and which change voids it. Knows no person and no store.

*go* covers parameters, candidate, checklist, and of the items that the level requires in phase prepare their
applicability, waivers and standing; *close* those of all phases that were gone through, and the triggers. A change of
the first three, of an applicability or a waiver, or a worse standing, voids it; the same or a better one does not, nor
do later phases and other sign-offs. What is void stays void.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785

from releasekit.checklist.model import Item, Kind, Phase
from releasekit.plan.model import Plan
from releasekit.probes.evidence import Verdict
from releasekit.run.standing import GREEN, required, worst
from releasekit.run.state import ItemState, Status

GO = "go"
CLOSE = "close"
SCOPES = (GO, CLOSE)

_WORSE_FIRST = ("failed", "not green", "warned", "green")


def plan_digests(data: Mapping[str, Any]) -> dict[str, str]:
    """Digests of the parts of a plan (as JSON data) that a person signs, and the candidate's commit."""
    return {
        "parameters": sha256(rfc8785.dumps(data["parameters"])).hexdigest(),
        "checklist": sha256(rfc8785.dumps(data["checklist"])).hexdigest(),
        "candidate": data["candidate"]["sha"] or data["candidate"]["ref"],
    }


def in_scope(item: Item, level: str, scope: str, *, rollback: bool) -> bool:
    """Whether a sign-off of this scope covers the item."""
    if item.kind is Kind.SIGN_OFF or not required(item, level):
        return False
    if scope == GO:
        return item.phase is Phase.PREPARE and item.kind is not Kind.TRIGGER
    return rollback or item.phase is not Phase.ROLLBACK


def covered_items(plan: Plan, items: Mapping[str, ItemState], scope: str, *, rollback: bool) -> dict[str, list[str]]:
    """By item: standing, digest of its waiver, whether a person said that it applies or not."""
    return {
        item.id: covered_item(items[item.id])
        for item in plan.checklist.items
        if in_scope(item, plan.level, scope, rollback=rollback)
    }


def covered_item(state: ItemState) -> list[str]:
    """Standing (one of failed, not green, warned, green), digest of the waiver, applicability by people."""
    waiver = state.waiver
    waived = f"{waiver.reason}\0{waiver.until}\0{waiver.approver}\0{waiver.by}" if waiver else ""
    said = "excluded" if state.excluded_by else "included" if state.included_by else ""
    return [_standing(state), sha256(waived.encode()).hexdigest()[:16] if waived else "", said]


def _standing(state: ItemState) -> str:
    if state.status in (Status.FAILED, Status.FIRED):
        return "failed"
    if state.status not in GREEN:
        return "not green"
    evidence = worst(state)
    return "warned" if evidence and evidence.verdict is Verdict.WARN else "green"


def item_change(before: list[str], after: list[str]) -> str:
    """Why this change of one covered item voids a signature; "" when it does not."""
    if after[1] != before[1]:
        return "its waiver changed" if before[1] else "it was waived"
    if after[2] != before[2]:
        return "whether it applies was answered anew"
    if _WORSE_FIRST.index(after[0]) < _WORSE_FIRST.index(before[0]):
        return f"it was {before[0]} and is {after[0]}"
    return ""


def plan_change(before: Mapping[str, Any], after: Mapping[str, str]) -> str:
    """Why a newly bound plan voids a signature; "" when it does not."""
    names = {"parameters": "the parameters", "candidate": "the candidate", "checklist": "the checklist"}
    changed = [said for name, said in names.items() if before.get(name) != after[name]]
    return f"{' and '.join(changed)} changed" if changed else ""
