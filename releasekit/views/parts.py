"""The parts of a walkthrough as mimebundles that say the same in Markdown and in HTML. Knows no cell and no widget."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from releasekit import document
from releasekit.checklist.model import Item, Section
from releasekit.document.blocks import (
    Block,
    Heading,
    Inline,
    Items,
    Mark,
    Notice,
    Paragraph,
    Progress,
    Table,
    Tone,
    plain,
)
from releasekit.document.items import VERDICT, item_line, progress
from releasekit.metrics.judge import Judged, Outcome
from releasekit.run.readiness import readiness
from releasekit.run.state import RunState, Status
from releasekit.views.shown import Bundle

SETTLED = frozenset({Status.PASSED, Status.DONE, Status.WAIVED, Status.CLEAR})
TWIN = "rk-twin"
_OUTCOMES = {
    Outcome.PASS: Mark("pass", Tone.GOOD),
    Outcome.WARN: Mark("warn", Tone.WARN),
    Outcome.FAIL: Mark("fail", Tone.BAD),
    Outcome.UNKNOWN: Mark("unknown", Tone.UNKNOWN),
}
_METRICS = frozenset({"metrics.objectives", "metrics.degraded"})


def replayed(part: str, state: RunState) -> Bundle:
    """A part that the state alone tells: one of REPLAYED."""
    return bundle(REPLAYED[part](state) or (_nothing(state),), part)


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


def row(state: RunState, item: Item) -> str:
    """What stands below an item's box, as HTML: its specifics, its evidence, what people said."""
    return document.html((Items((replace(item_line(state, item), words=(), box=None, struck=False),)),))


def heading(section: Section) -> str:
    """A heading of the checklist that has no items of its own, as HTML."""
    return document.html((Heading(section.title, section.level, section.level + 1),))


def head(state: RunState) -> str:
    """The checklist's title, and how many items have which status, as HTML."""
    title = (Heading(state.plan.checklist.title, 1, 2),) if state.plan else ()
    return document.html((*title, *progress(state)))


def asked(done: int, total: int) -> tuple[Block, ...]:
    """How far the collection of evidence has come."""
    if not total:
        return (Paragraph(plain("No source is asked: the run is closed, or no item of this release has a probe.")),)
    counts = ((Mark("answered", Tone.GOOD), done), (Mark("open", Tone.QUIET), total - done))
    return (Progress(f"{total} sources asked", tuple((mark, count) for mark, count in counts if count)),)


def measured(judged: Sequence[Judged]) -> tuple[Block, ...]:
    """The objectives with their values, from the pandas table of them."""
    from releasekit.metrics.table import COLUMNS, table

    rows = table(judged)
    marks = [_OUTCOMES[one.outcome] for one in judged]
    cells = tuple(
        tuple((mark,) if name == "verdict" else _cell(value) for name, value in zip(COLUMNS, values, strict=True))
        for mark, values in zip(marks, rows.itertuples(index=False), strict=True)
    )
    return (Table(f"{len(judged)} objectives", COLUMNS, cells),)


def without_metrics(state: RunState) -> tuple[Block, ...]:
    """What the log says of the objectives; a clear line where it says nothing."""
    found = tuple(
        (plain(one.probe), (VERDICT[one.verdict],), plain(one.sentence), plain(one.at))
        for item in state.items.values()
        for one in item.evidence
        if one.probe in _METRICS
    )
    if found:
        return (Table("Metrics, as the log has them", ("probe", "verdict", "what was found", "at"), found),)
    return (Paragraph(plain("No metrics: none was collected in this run.")),)


def unmeasured(why: str) -> tuple[Block, ...]:
    """Why there is no table of metrics."""
    return (Notice(plain(why), Tone.UNKNOWN),)


def _cell(value: object) -> Inline:
    if isinstance(value, float):
        return plain("" if value != value else f"{value:.4g}")  # noqa: PLR0124 - NaN alone differs from itself
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
