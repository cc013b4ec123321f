"""Blocks to Markdown in the seed's form: one list line an item, its specifics nested. No raw HTML, ever."""

from collections.abc import Iterable, Iterator
from math import fsum, isfinite

from releasekit.document.blocks import (
    Block,
    Heading,
    Inline,
    ItemLine,
    Items,
    Line,
    Mark,
    Notice,
    Pairs,
    Paragraph,
    Progress,
    Span,
    Spark,
    Style,
    Table,
    Tone,
)
from releasekit.document.escape import markdown_cell, markdown_code, markdown_start, markdown_text, verbatim

_BARS = "▁▂▃▄▅▆▇█"
_MOST = 40  # bars
_SIGNS = {Tone.GOOD: "✓", Tone.BAD: "✗", Tone.WARN: "⚠", Tone.UNKNOWN: "?", Tone.QUIET: "·"}


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown (CommonMark with GitHub's tables, task lists and strikethrough), ending in a line end."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {markdown_text(block.text)}"
        case Paragraph():
            yield _inline(block.spans, start=True)
        case Notice():
            yield f"> {_SIGNS[block.tone]} **{_inline(block.title)}**"
            if block.lines:
                yield ">"
            yield from (f"> - {_inline(line, start=True)}" for line in block.lines)
        case Pairs():
            yield from _table(("", ""), ((_strong(name), value) for name, value in block.rows))
        case Table():
            yield f"**{markdown_text(block.caption)}**"
            yield ""
            yield from _table(block.columns, block.rows)
        case Progress():
            marks = (f"{markdown_text(mark.word)} {count}" for mark, count in block.marks)
            yield f"{markdown_start(block.caption)}: {', '.join(marks)}."
        case Items():
            for item in block.items:
                yield from _item(item)


def _strong(text: str) -> Inline:
    return (Span(text, Style.STRONG),)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[Inline, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(markdown_cell(markdown_text(column)) for column in columns)} |"
    yield f"|{'|'.join(' --- ' for _ in columns)}|"
    for row in rows:
        yield f"| {' | '.join(markdown_cell(_inline(cell)) for cell in row)} |"


def _item(item: ItemLine) -> Iterator[str]:
    words = _inline(item.words, start=True, glue="").rstrip(" ")
    box = "" if item.box is None else "[x] " if item.box else "[ ] "
    said = _inline(item.said)
    yield f"- {box}{f'~~{words}~~' if item.struck and words else words}{f' — {said}' if said else ''}"
    for line in item.lines:
        yield from _nested(line)


def _nested(line: Line) -> Iterator[str]:
    """A line of an item; the lines of a longer command follow as code spans, since a fence could hold a list's dash."""
    long = [span for span in line.spans if isinstance(span, Span) and span.style is Style.CODE and "\n" in span.text]
    sign = f"{_SIGNS[line.tone]} " if line.tone else ""
    words = _inline(tuple(span for span in line.spans if span not in long), start=not sign)
    commands = [command for span in long for command in map(markdown_code, verbatim(span.text).split("\n")) if command]
    if words or commands:
        yield f"  - {sign}{words or 'as follows:'}"
    yield from (f"    - {command}" for command in commands)


def _inline(spans: Inline, *, start: bool = False, glue: str = " ") -> str:
    words = []
    for number, span in enumerate(spans):
        if isinstance(span, Mark):
            words.append(f"**{markdown_text(span.word)}**")
        elif isinstance(span, Spark):
            words.append(_spark(span))
        elif span.style in {Style.CODE, Style.SOURCE}:
            words.append(markdown_code(span.text))
        elif span.style is Style.SLOT:
            words.append(span.text)
        else:
            text = markdown_start(span.text) if start and number == 0 else markdown_text(span.text)
            words.append(f"**{text.strip(' ')}**" if span.style is Style.STRONG and text else text)
    return glue.join(filter(None, words))


def _spark(spark: Spark) -> str:
    """Bars of eight heights, about forty, with a line where what came before ends."""
    found = [(value, at < spark.before) for at, value in enumerate(spark.values) if isfinite(value)]
    every = max(1, -(-len(found) // _MOST))
    shown = [(fsum(value for value, _ in part) / len(part), part[0][1]) for part in _parts(found, every)]
    values = [value for value, _ in shown]
    low, high = min(values, default=0.0), max(values, default=0.0)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    before, now = (
        "".join(_BARS[round((value - low) * scale)] for value, early in shown if early is wanted)
        for wanted in (True, False)
    )
    return f"{before}│{now}" if before and now else before + now


def _parts(found: list[tuple[float, bool]], every: int) -> Iterator[list[tuple[float, bool]]]:
    """So many neighbours at a time, never from both sides of the boundary."""
    for wanted in (True, False):
        side = [one for one in found if one[1] is wanted]
        yield from (side[start : start + every] for start in range(0, len(side), every))
