"""The parts of a walkthrough as mimebundles that say the same in Markdown and in HTML. Knows no cell and no widget."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from math import isnan
from pathlib import Path

from releasekit import document
from releasekit.document.blocks import (
    Block,
    Heading,
    Inline,
    Mark,
    Notice,
    Paragraph,
    Progress,
    Span,
    Spark,
    Style,
    Table,
    Tone,
    plain,
)
from releasekit.document.items import VERDICT
from releasekit.document.when import moment
from releasekit.metrics.judge import Outcome
from releasekit.metrics.table import COLUMNS
from releasekit.probes.evidence import Series
from releasekit.probes.judges.metrics import Measured, series
from releasekit.run.readiness import readiness
from releasekit.run.state import RunState
from releasekit.views.shown import Bundle

TWIN = "rk-twin"
_OUTCOMES: Mapping[str, Mark] = {
    Outcome.PASS: Mark("pass", Tone.GOOD),
    Outcome.WARN: Mark("warn", Tone.WARN),
    Outcome.FAIL: Mark("fail", Tone.BAD),
    Outcome.UNKNOWN: Mark("unknown", Tone.UNKNOWN),
}
_CHANGING = frozenset({"checklist", "evidence", "signoff", "result"})
METRICS = frozenset({"metrics.objectives", "metrics.degraded"})


def replayed(part: str, state: RunState) -> Bundle:
    """A part that the state alone tells: one of REPLAYED. What changes with the log says as of when it is."""
    as_of = (_as_of(state),) if part in _CHANGING else ()
    return bundle((*replayed_blocks(part, state), *as_of), part)


def replayed_blocks(part: str, state: RunState) -> tuple[Block, ...]:
    """The same as blocks."""
    return REPLAYED[part](state) or (_nothing(state),)


def _as_of(state: RunState) -> Paragraph:
    return Paragraph((Span(f"As of {moment(state.last_at)}, event {state.size} of run {state.run}.", Style.QUIET),))


def bundle(blocks: Iterable[Block], part: str) -> Bundle:
    """The blocks as one mimebundle; text/plain is for front ends that know neither of the other two."""
    kept = tuple(blocks)
    return {
        "text/plain": f"{part.capitalize()} of the release: open this notebook in JupyterLab, or see its exports",
        "text/markdown": document.markdown(kept),
        "text/html": f'<div class="{TWIN} {TWIN}-{part}">{document.html(kept)}</div>',
    }


def style() -> Bundle:
    """The style sheet as an output of its own: outputs of one notebook share a page."""
    return {"text/plain": "", "text/html": f"<style>{stylesheet()}</style>"}


@cache
def stylesheet() -> str:
    """The style sheet of everything that `document` writes, and of what stands around it in a notebook."""
    return document.css() + Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def asked(done: int, total: int, later: int = 0) -> tuple[Block, ...]:
    """How far the collection of evidence has come; ``later`` is how many sources a later phase asks."""
    if not total:
        return (Paragraph(plain("No source is asked: the run is closed, or no item that is due has a probe.")),)
    answered, left, waits = (Mark("answered", Tone.GOOD), Mark("open", Tone.QUIET), Mark("not due yet", Tone.QUIET))
    counts = ((answered, done), (left, total - done), (waits, later))
    return (Progress(f"{total} sources asked", tuple((mark, count) for mark, count in counts if count)),)


def asking() -> tuple[Block, ...]:
    """That sources are asked aside; what they bring stands at the items and in the table of evidence."""
    return (Paragraph(plain("Sources are asked while this page is open; their answers stand below.")),)


def measured(found: Sequence[Measured], shown: Iterable[Sequence[object]]) -> tuple[Block, ...]:
    """The objectives with their values: ``shown`` is a row of `metrics.table` for each of them."""
    courses = tuple(map(series, found))
    return _objectives(_many(len(courses)), zip(courses, shown, strict=True))


def without_metrics(state: RunState) -> tuple[Block, ...]:
    """What the log says of the objectives, the latest first; a clear line where it says nothing."""
    listed = [one for item in state.items.values() for one in item.evidence if one.probe in METRICS]
    listed.sort(key=lambda one: one.at, reverse=True)
    blocks: list[Block] = []
    drawn: list[tuple[Series, ...]] = []
    for one in listed:
        if one.series and one.series not in drawn:  # the trigger and the check may rest on the same samples
            drawn.append(one.series)
            caption = f"{_many(len(one.series))}, as measured {moment(one.at)}"
            blocks += _objectives(caption, ((course, _row(course)) for course in one.series))
    found = tuple(
        (plain(one.probe), (VERDICT[one.verdict],), plain(one.sentence), plain(moment(one.at)))
        for one in listed
        if not one.series
    )
    if found:
        blocks.append(Table("Metrics, as the log has them", ("probe", "verdict", "what was found", "at"), found))
    return tuple(blocks) or (Paragraph(plain("No metrics: none was collected in this run.")),)


def _many(count: int) -> str:
    return "1 objective" if count == 1 else f"{count} objectives"


def _objectives(caption: str, found: Iterable[tuple[Series, Sequence[object]]]) -> tuple[Block, ...]:
    cells = tuple(
        (*(_cell(name, value, one) for name, value in zip(COLUMNS, shown, strict=True)), _course(one))
        for one, shown in found
    )
    said = "Course: the baseline, then what was measured after it; broken lines are limits of the criteria."
    legend = (Paragraph((Span(said, Style.QUIET),)),) if any(cell[-1] for cell in cells) else ()
    return (Table(caption, (*COLUMNS, "course"), cells), *legend)


def _course(one: Series) -> Inline:
    if not one.values:
        return ()
    span = f", {moment(one.since)} to {moment(one.until)}" if one.since and one.until else ""
    said = f"{one.name}: {one.before} values of the baseline, {len(one.values) - one.before} since{span}"
    return (Spark(one.values, said, one.before, one.limits),)


def _row(one: Series) -> Sequence[object]:
    """The values of COLUMNS, as `metrics.table` has them."""
    change = (one.now - one.baseline) / abs(one.baseline) * 100 if one.now is not None and one.baseline else None
    return (one.name, one.baseline, one.now, change, one.criteria, one.outcome, one.sentence)


def unmeasured(why: str) -> tuple[Block, ...]:
    """Why there is no table of metrics."""
    return (Notice(plain(why), Tone.UNKNOWN),)


def _cell(name: str, value: object, one: Series) -> Inline:
    if name == "verdict":
        return (_OUTCOMES.get(one.outcome, _OUTCOMES[Outcome.UNKNOWN]),)
    if value is None:
        return plain("")
    if isinstance(value, float):
        return plain("" if isnan(value) else f"{value:.4g}")
    return plain(str(value))


def _checklist(state: RunState) -> tuple[Block, ...]:
    """The checklist one level deeper in the outline: it stands under a heading of the notebook."""
    return tuple(
        replace(block, outline=(block.outline or block.level) + 1) if isinstance(block, Heading) else block
        for block in document.checklist(state)
    )


def _result(state: RunState) -> tuple[Block, ...]:
    return document.result(state, readiness(state, datetime.now(UTC)))


def _nothing(state: RunState) -> Paragraph:
    return Paragraph(plain("Nothing yet." if state.plan else "Nothing yet: no plan is bound to this run."))


REPLAYED: Mapping[str, Callable[[RunState], tuple[Block, ...]]] = {
    "card": document.card,
    "findings": document.findings,
    "facts": document.facts,
    "change": document.change,
    "checklist": _checklist,
    "evidence": document.evidence,
    "signoff": document.signoff,
    "result": _result,
}
