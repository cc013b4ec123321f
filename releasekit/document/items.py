"""The checklist of a run as blocks: each item with its box, its specifics, its evidence and what people said."""

from releasekit.checklist.model import Applies, Detail, Item, Kind, Phase, Section
from releasekit.document.blocks import (
    Block,
    Heading,
    Inline,
    ItemLine,
    Items,
    Line,
    Mark,
    Progress,
    Span,
    Style,
    Table,
    Tone,
    code,
    plain,
    source,
)
from releasekit.document.when import moment
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.run.gathering import waits
from releasekit.run.state import ItemState, RunState, Status

STATUS = {
    Status.OPEN: Mark("open", Tone.QUIET),
    Status.PASSED: Mark("passed", Tone.GOOD),
    Status.DONE: Mark("done", Tone.GOOD),
    Status.FAILED: Mark("failed", Tone.BAD),
    Status.UNKNOWN: Mark("unknown", Tone.UNKNOWN),
    Status.WAIVED: Mark("waived", Tone.WARN),
    Status.NOT_APPLICABLE: Mark("not applicable", Tone.QUIET),
    Status.CLEAR: Mark("clear", Tone.GOOD),
    Status.FIRED: Mark("fired", Tone.BAD),
    Status.NOT_ENTERED: Mark("not entered", Tone.QUIET),
}
VERDICT = {
    Verdict.PASS: Mark("pass", Tone.GOOD),
    Verdict.WARN: Mark("warn", Tone.WARN),
    Verdict.FAIL: Mark("fail", Tone.BAD),
    Verdict.UNKNOWN: Mark("unknown", Tone.UNKNOWN),
}
FOR_A_PERSON = Mark("facts", Tone.QUIET)
_TICKED = frozenset({Status.PASSED, Status.DONE, Status.FIRED})
_SLOTS = ("[NAME]", "[DATE]")


def checklist(state: RunState) -> tuple[Block, ...]:
    """The checklist with the seed's title, headings, order and words."""
    if state.plan is None:
        return ()
    title = Heading(state.plan.checklist.title, 1)
    return (title, *progress(state), *sections(state))


def progress(state: RunState) -> tuple[Block, ...]:
    """How many items have which status; nothing for a plan that no run has opened."""
    if state.plan is None or not state.run:
        return ()
    counts = dict.fromkeys(STATUS, 0)
    for item in state.plan.checklist.items:
        counts[standing(state, item).status] += 1
    marks = tuple((STATUS[status], count) for status, count in counts.items() if count)
    return (Progress(f"{sum(counts.values())} items", marks),)


def sections(state: RunState) -> tuple[Block, ...]:
    """The sections below the title."""
    if state.plan is None:
        return ()
    return tuple(block for section in state.plan.checklist.sections for block in _section(state, section))


def _section(state: RunState, section: Section) -> tuple[Block, ...]:
    heading = Heading(section.title, section.level, max(2, section.level))
    if not section.items:
        return (heading,)
    return (heading, Items(tuple(item_line(state, item) for item in section.items)))


def standing(state: RunState, item: Item) -> ItemState:
    """The item's state; of a plan that no run has opened, what the plan alone says."""
    known = state.items.get(item.id)
    if known is not None:
        return known
    status = Status.OPEN
    if item.applies in {Applies.NO, Applies.REMOVED}:
        status = Status.NOT_APPLICABLE
    elif item.kind is Kind.TRIGGER:
        status = Status.UNKNOWN
    elif item.phase is Phase.ROLLBACK:
        status = Status.NOT_ENTERED
    return ItemState(item.id, status)


def item_line(state: RunState, item: Item) -> ItemLine:
    """One item. An item that does not apply has no box; its reason stands on its line."""
    one = standing(state, item)
    mark = STATUS[one.status]
    words = _words(item, state)
    if one.status is Status.NOT_APPLICABLE:
        return ItemLine(item.id, words, None, mark, _why_not(item, one), True, _lines(item, one))
    loud = item.kind is Kind.TRIGGER or one.status in {Status.NOT_ENTERED, Status.WAIVED, Status.FAILED}
    said: Inline = (mark,) if loud else ()
    lines = (*_doubt(item, one), *_optional(state, item), *_later(state, item, one), *_lines(item, one))
    return ItemLine(item.id, words, one.status in _TICKED, mark, said, False, lines)


def _words(item: Item, state: RunState) -> Inline:
    """The item's words: its label bold, and what the seed leaves to fill in as a slot, or filled in."""
    text, spans = item.text, []
    if item.label and text.startswith(item.label):
        spans.append(Span(item.label, Style.STRONG))
        text = text[len(item.label) :]
    signed = [one for one in state.signoffs if one.role == item.role and not one.void and not one.refused]
    if item.kind is Kind.SIGN_OFF and signed:
        text = text.replace("[NAME]", signed[-1].by).replace("[DATE]", signed[-1].at[:10])
    return (*spans, *_slots(text))


def _slots(text: str) -> Inline:
    spans: list[Span] = []
    while text:
        at, slot = min(((text.find(slot), slot) for slot in _SLOTS if slot in text), default=(-1, ""))
        if at < 0:
            spans.append(Span(text))
            break
        spans += [Span(text[:at]), Span(slot, Style.SLOT)]
        text = text[at + len(slot) :]
    return tuple(span for span in spans if span.text)


def _why_not(item: Item, one: ItemState) -> Inline:
    if item.applies is Applies.REMOVED:
        return plain(f"removed by the team's template: {item.reason}")
    if one.excluded_by:
        reason = one.excluded_reason or item.reason
        return plain(f"not applicable, says {one.excluded_by}: {reason}")
    return plain(f"not applicable: {item.reason}")


def _doubt(item: Item, one: ItemState) -> tuple[Line, ...]:
    if one.included_by:
        return (Line(plain(f"Applies, says {one.included_by}."), None, "person"),)
    if item.applies is Applies.PROPOSED:
        text = f"Proposed not applicable, for a person to confirm: {item.reason}."
        return (Line(plain(text), Tone.UNKNOWN, "applies"),)
    if item.applies is Applies.UNKNOWN:
        return (Line(plain(f"Whether it applies is unknown: {item.reason}."), Tone.UNKNOWN, "applies"),)
    return ()


def _optional(state: RunState, item: Item) -> tuple[Line, ...]:
    if state.plan is None or state.plan.level in item.levels:
        return ()
    return (Line((Span(f"Not required at level {state.plan.level}.", Style.QUIET),), None, "applies"),)


def _later(state: RunState, item: Item, one: ItemState) -> tuple[Line, ...]:
    """That machines are not asked yet: what is still to be done must not read as if nobody looked."""
    if one.evidence or not state.run or not waits(state, item):
        return ()
    phase = Phase.DEPLOY if item.kind is Kind.TRIGGER else item.phase
    return (Line((Span(f"Not due yet: sources are asked from phase {phase} on.", Style.QUIET),), None, "later"),)


def _lines(item: Item, one: ItemState) -> tuple[Line, ...]:
    return (
        *(evidence_line(evidence) for evidence in one.evidence),
        *_people(one),
        *(detail_line(detail) for detail in item.details),
    )


def detail_line(detail: Detail) -> Line:
    """A specific of an item: sentence, command, what to expect, where it comes from."""
    expect: Inline = (Span("expect:", Style.QUIET), *plain(detail.expect)) if detail.expect and detail.code else ()
    spans = (*_number(detail), *plain(detail.text), *code(detail.code), *expect, *source(detail.source))
    return Line(spans, Tone.WARN if detail.warns else None)


def _number(detail: Detail) -> Inline:
    """The place of a step in the order of doing, and what it waits for."""
    if detail.step is None:
        return ()
    waits = f" ({detail.waits})" if detail.waits else ""
    return (Span(f"Step {detail.step}{waits}:", Style.STRONG),)


def evidence_line(evidence: Evidence) -> Line:
    """What a probe or a person brought."""
    mark = _mark(evidence)
    after = Span(" · ".join(_when(evidence)), Style.QUIET)
    following: Inline = (Span("Next:", Style.STRONG), *plain(evidence.next)) if evidence.next else ()
    spans = (mark, *plain(evidence.sentence), *source(evidence.source), after, *following)
    return Line(tuple(span for span in spans if isinstance(span, Mark) or span.text), mark.tone, "evidence")


def _mark(evidence: Evidence) -> Mark:
    """The verdict; for facts that a person decides by, that they are there."""
    return VERDICT[evidence.verdict] if evidence.decides or not evidence.source else FOR_A_PERSON


def _when(evidence: Evidence) -> tuple[str, ...]:
    commit = f"for {evidence.commit[:12]}" if evidence.commit else ""
    return tuple(filter(None, (evidence.probe, commit, moment(evidence.at))))


def _people(one: ItemState) -> tuple[Line, ...]:
    lines = []
    if one.ticked:
        lines.append(f"Ticked by {_who(one.by, one.grade)}, {moment(one.at)}.")
    if one.cleared_by:
        lines.append(f"{one.cleared_by} says that it did not fire, {moment(one.cleared_at)}.")
    if one.assignee:
        lines.append(f"Taken by {one.assignee}.")
    if one.waiver:
        until = f" until {one.waiver.until}" if one.waiver.until else ""
        approved = f", approved by {one.waiver.approver}" if one.waiver.approver else ""
        first = f" The verdict was {one.waiver.verdict}: {one.waiver.sentence}" if one.waiver.verdict else ""
        lines.append(
            f"Waived by {one.waiver.by}{approved}{until}, {moment(one.waiver.at)}: {one.waiver.reason}.{first}"
        )
    lines += [f"{note.text} ({note.by}, {moment(note.at)}){f' {note.link}' if note.link else ''}" for note in one.notes]
    if one.proposal:
        lines.append(f"Proposed, not answered: {one.proposal.text} ({one.proposal.by}, {moment(one.proposal.at)})")
    return tuple(Line(plain(line), None, "person") for line in lines)


def _who(name: str, grade: str) -> str:
    return f"{name} ({grade})" if grade else name


def evidence(state: RunState) -> tuple[Block, ...]:
    """All evidence in one table, in the order of the checklist."""
    if state.plan is None:
        return ()
    rows = tuple(
        (
            plain(item.text),
            (_mark(one),),
            plain(one.sentence),
            source(one.source),
            plain(" · ".join(_when(one))),
        )
        for item in state.plan.checklist.items
        for one in standing(state, item).evidence
    )
    if not rows:
        return ()
    return (Table("What the sources said", ("item", "verdict", "what was found", "source", "by, for, at"), rows),)
