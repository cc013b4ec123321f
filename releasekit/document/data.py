"""The same content as JSON data, under a schema name that stays. Knows no markup."""

from dataclasses import asdict
from typing import Any

from releasekit.checklist.model import Item, Section
from releasekit.document.blocks import ItemLine
from releasekit.document.items import item_line, standing
from releasekit.document.release import unopened
from releasekit.facts.model import Fact
from releasekit.plan.model import Plan
from releasekit.probes.evidence import as_data
from releasekit.run.course import status
from releasekit.run.state import Readiness, RunState

SCHEMA = "releasekit/record/1"


def data(state: RunState, readiness: Readiness | None = None, stands: str = "") -> dict[str, Any]:
    """A run as JSON data.

    ``items`` are in the order of the checklist, each with ``status``, ``ticked`` (its box), ``details``, ``evidence``
    and what people said; what is not known is null or "". ``readiness`` is null when it was not asked for. ``status``
    is ``stands``, where the caller knows more than the log (that somebody executes the notebook now), else what the log
    says.
    """
    plan = state.plan
    return {
        "schema": SCHEMA,
        "run": state.run,
        "service": state.service,
        "version": state.version,
        "environment": state.environment,
        "status": stands or (status(state) if state.run else "plan"),
        "phase": str(state.phase),
        "opened_at": state.opened_at,
        "opened_by": state.opened_by,
        "closed_at": state.closed_at,
        "closed_by": state.closed_by,
        "outcome": state.outcome,
        "rollback_at": state.rollback_at,
        "interruptions": [asdict(one) for one in state.interruptions],
        "successor_of": state.successor_of,
        "events": {"size": state.size, "head": state.head},
        "readiness": _plain(asdict(readiness)) if readiness else None,
        **(_plan(plan, state) if plan else {"items": [], "steps": [], "facts": [], "findings": [], "start_order": []}),
    }


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan that no run has opened, in the same schema; nothing is ticked."""
    return data(unopened(plan))


def _plan(plan: Plan, state: RunState) -> dict[str, Any]:
    sections = plan.checklist.sections
    return {
        "title": plan.checklist.title,
        "level": plan.level,
        "candidate": asdict(plan.candidate),
        "running": asdict(plan.running),
        "tool": plan.tool,
        "plan": plan.hash,
        "read": list(plan.read),
        "sections": [
            {"title": one.title, "level": one.level, "items": [item.id for item in one.items]} for one in sections
        ],
        "items": [_item(state, section, item) for section in sections for item in section.items],
        "steps": [_plain(asdict(step)) for step in plan.checklist.steps],
        "signoffs": [_plain(asdict(one)) for one in state.signoffs],
        "start_order": [list(wave) for wave in plan.analysis.start_order],
        "findings": [_plain(asdict(one)) for one in plan.analysis.findings],
        "change": _plain(asdict(plan.change)),
        "facts": [_fact(fact) for fact in plan.analysis.facts],
    }


def _item(state: RunState, section: Section, item: Item) -> dict[str, Any]:
    one, line = standing(state, item), item_line(state, item)
    return {
        "id": item.id,
        "text": _text(line),
        "section": section.title,
        "kind": str(item.kind),
        "phase": str(item.phase),
        "role": item.role,
        "levels": list(item.levels),
        "required": state.plan is not None and state.plan.level in item.levels,
        "applies": str(item.applies),
        "reason": one.excluded_reason or item.reason,
        "status": str(one.status),
        "ticked": bool(line.box),
        "details": [asdict(detail) for detail in item.details],
        "evidence": [_plain(as_data(evidence)) for evidence in one.evidence],
        "person": {"ticked": one.ticked, "by": one.by, "at": one.at, "grade": one.grade, "assignee": one.assignee},
        "notes": [asdict(note) for note in one.notes],
        "waiver": asdict(one.waiver) if one.waiver else None,
    }


def _text(line: ItemLine) -> str:
    return "".join(getattr(span, "text", "") for span in line.words)


def _fact(fact: Fact) -> dict[str, Any]:
    known = {"kind": fact.kind, "name": fact.name, "value": fact.value, "service": fact.service, "source": fact.source}
    return known | ({"also": list(fact.also)} if fact.also else {}) | ({"how": fact.how} if fact.how else {})


def _plain(value: Any) -> Any:
    """Tuples as lists and words of enumerations as text, so that it equals what JSON gives back."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value
