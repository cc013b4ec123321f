"""A run as blocks: card, sign-off, result, and the whole; and a plan that no run has opened yet."""

from releasekit.checklist.model import Kind
from releasekit.document.analysis import change, facts, findings
from releasekit.document.blocks import (
    Block,
    Heading,
    Inline,
    Mark,
    Notice,
    Pairs,
    Paragraph,
    Span,
    Style,
    Table,
    Tone,
    code,
    plain,
)
from releasekit.document.items import STATUS, evidence, progress, sections, standing
from releasekit.document.when import moment, span
from releasekit.plan.model import Plan, Revision
from releasekit.run.state import Interruption, Readiness, RunState, SignOff

_WORDS = {
    "go": ("Go", Tone.GOOD),
    "no-go": ("No-go", Tone.BAD),
    "cannot-tell": ("Cannot tell", Tone.UNKNOWN),
}
_OUTCOME = {
    "deployed": Tone.GOOD,
    "rolled-back": Tone.WARN,
    "abandoned": Tone.QUIET,
    "interrupted": Tone.BAD,
}


def card(state: RunState) -> tuple[Block, ...]:
    """What is released, from what to what, where, when and by whom."""
    rows: list[tuple[str, Inline]] = [
        ("Service", (Span(state.service, Style.STRONG),)),
        ("Version", (Span(state.version, Style.STRONG),)),
        ("Environment", plain(state.environment)),
    ]
    plan = state.plan
    if plan is not None:
        rows += [
            ("Running", _revision(plan.running)),
            ("Candidate", _revision(plan.candidate)),
            ("Level", plain(plan.level)),
            ("Team", plain(_team(plan))),
            ("Window", plain(_window(plan))),
        ]
    if state.run:
        rows += [
            ("Run", code(state.run)),
            ("Phase", plain(str(state.phase))),
            ("Opened", plain(f"{moment(state.opened_at)} by {state.opened_by}")),
        ]
    if plan is not None:
        rows.append(("Plan", (*code(plan.hash[:16]), *plain(f"made with {plan.tool}"))))
    notices = [Notice(plain(notice), Tone.WARN) for notice in state.notices]
    if state.successor_of:
        text = f"Goes on after run {state.successor_of}: {state.why_successor or 'it changed'}."
        notices.append(Notice(plain(text), Tone.QUIET))
    return (Pairs("Release", tuple((name, value) for name, value in rows if value)), *notices)


def _revision(revision: Revision) -> Inline:
    sha = code(revision.sha[:12])
    name = revision.tag or revision.ref
    said = plain(name) if name and name != revision.sha else ()
    if revision.assumed:
        return (*said, *sha, Span(f"assumed: {revision.reason}", Style.QUIET))
    if not revision.sha:
        return (*said, Mark("not known", Tone.UNKNOWN), *plain(revision.reason))
    return (*said, *sha)


def _window(plan: Plan) -> str:
    window = plan.parameters.get("configuration", {}).get("window") or {}
    return span(window["start"], window["end"]) if window else "not set"


def _team(plan: Plan) -> str:
    team = plan.parameters.get("configuration", {}).get("team") or {}
    named = (f"{name} ({role.replace('_', ' ')})" for role, name in team.items() if name)
    return ", ".join(named) or "nobody is named"


def signoff(state: RunState) -> tuple[Block, ...]:
    """Who signs for what, and who has signed or refused."""
    if state.plan is None:
        return ()
    named = state.plan.parameters.get("configuration", {}).get("team") or {}
    rows: list[tuple[Inline, ...]] = []
    for item in state.plan.checklist.items:
        if item.kind is not Kind.SIGN_OFF:
            continue
        mine = [one for one in state.signoffs if one.role == item.role]
        role = plain(item.label or item.role)
        who = plain(str(named.get(item.role) or "nobody is named"))
        rows += [
            (role, who, _signed(one), plain(f"{one.by}, {moment(one.at)}"), plain(one.scope), plain(one.grade))
            for one in mine
        ]
        if not mine:
            rows.append((role, who, (STATUS[standing(state, item).status],), (), (), ()))
    return (Table("Who signs for what", ("role", "named", "", "signed", "for", "identity"), tuple(rows)),)


def _signed(one: SignOff) -> Inline:
    if one.refused:
        return Mark("refused", Tone.BAD), *plain(one.refused)
    if one.void:
        return Mark("no longer counts", Tone.WARN), *plain(one.void)
    return (Mark("signed", Tone.GOOD),)


def result(state: RunState, readiness: Readiness) -> tuple[Block, ...]:
    """Go, no-go or cannot tell, by machines alone and with people, and the sentences that say why."""
    blocks: list[Block] = []
    if state.outcome:
        tone = _OUTCOME.get(state.outcome, Tone.QUIET)
        why = f": {state.closed_reason}" if state.closed_reason else ""
        text = f"{state.outcome.replace('-', ' ').capitalize()}, {moment(state.closed_at)} by {state.closed_by}{why}"
        blocks.append(Notice(plain(text), tone))
    blocks += [Notice(plain(interrupted(one)), Tone.WARN) for one in state.interruptions]
    word, tone = _WORDS[readiness.all]
    by_machine = _WORDS[readiness.machine][0].lower()
    title = plain(f"{word} for phase {state.phase}; by machines alone: {by_machine}")
    blocks.append(Notice(title, tone))
    if readiness.blocked:
        blocks.append(Notice(plain("Blocked by evidence"), _blocking(readiness), tuple(map(plain, readiness.blocked))))
    if readiness.waiting:
        blocks.append(Notice(plain("Waiting for people"), Tone.QUIET, tuple(map(plain, readiness.waiting))))
    if readiness.remarks:
        blocks.append(Notice(plain("Remarks"), Tone.WARN, tuple(map(plain, readiness.remarks))))
    if not state.outcome and state.phase and readiness.all == "go":
        blocks.append(Paragraph(plain("Nothing holds this phase; a person decides whether to go on.")))
    return tuple(blocks)


def interrupted(one: Interruption) -> str:
    """The sentence about an execution that did not come to its end."""
    return f"An execution of the notebook was interrupted: it was at “{one.cell}” since {moment(one.at)}"


def _blocking(readiness: Readiness) -> Tone:
    return Tone.BAD if readiness.machine == "no-go" else Tone.UNKNOWN


def whole(state: RunState, readiness: Readiness | None = None) -> tuple[Block, ...]:
    """Everything about a run on one page, what matters most first; of a plan when no run has opened it."""
    if state.plan is None:
        return (*_title(state), *card(state), *(result(state, readiness) if readiness else ()))
    first = (*_title(state), *card(state), *(result(state, readiness) if readiness else ()), *progress(state))
    parts = (
        ("Evidence", evidence(state)),
        ("Signatures", signoff(state) if state.run else ()),
        ("Findings", findings(state)),
        ("Change", change(state)),
        ("Facts", facts(state)),
    )
    after = tuple(block for title, blocks in parts if blocks for block in (Heading(title, 2), *blocks))
    return (*first, *sections(state), *after)


def _title(state: RunState) -> tuple[Block, ...]:
    return (Heading(state.plan.checklist.title if state.plan else f"{state.service} {state.version}", 1),)


def of_plan(plan: Plan) -> tuple[Block, ...]:
    """The checklist of a plan that no run has opened: nothing is ticked."""
    return whole(unopened(plan))


def unopened(plan: Plan) -> RunState:
    """A plan as a state without a run."""
    return RunState("", plan.service, plan.version, plan.environment, plan=plan)
