"""Blocks to HTML that needs no script, no style of others and no network. All text passes through one escape."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from math import isfinite
from types import MappingProxyType
from typing import NewType

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
from releasekit.document.escape import html_code, html_text

Html = NewType("Html", str)
NONE: Mapping[str, str] = MappingProxyType({})
_SIGNS = {Tone.GOOD: "✓", Tone.BAD: "✗", Tone.WARN: "⚠", Tone.UNKNOWN: "?", Tone.QUIET: "·"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOMENT = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}}), (\d\d:\d\d(?::\d\d)?) UTC\b")
_WIDE, _HIGH = 180, 44  # of a plot
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(blocks: Iterable[Block]) -> str:
    """The blocks as a fragment: to stand in a page or in a notebook's output, together with `css`."""
    return element("div", *map(_block, blocks), cls="releasekit")


def page(blocks: Iterable[Block], title: str = "Release") -> str:
    """The blocks as a whole page: one file, no script, nothing is fetched."""
    listed = tuple(blocks)
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text(title)}</title>\n<style>\n{css()}</style>\n</head>\n<body>\n"
    )
    main = element("main", _contents(listed), *map(_block, listed), cls="releasekit rk-page")
    return f"{head}{main}\n</body>\n</html>\n"


@lru_cache(maxsize=1)
def css() -> str:
    """The style of fragments and pages; every rule is for what stands in an element of class ``releasekit``."""
    return resources.files("releasekit.document").joinpath("style.css").read_text(encoding="utf-8")


def text(said: str) -> Html:
    """Text as it is to be read; nothing in it is markup."""
    return Html(html_text(said))


def element(
    tag: str, *children: Html, cls: str = "", void: bool = False, more: Mapping[str, str] = NONE, **attributes: str
) -> Html:
    """An element; values of attributes are escaped here, children are HTML already.

    An attribute whose name ends in ``_`` is one that Python keeps for itself (``for_``); one that is "" is left out.
    ``more`` are attributes under names that are made.
    """
    given = {**attributes, **more}
    named = {"class": cls} | {name.rstrip("_").replace("_", "-"): value for name, value in given.items()}
    said = "".join(f' {name}="{html_text(value)}"' for name, value in named.items() if value)
    return Html(f"<{tag}{said}>" if void else f"<{tag}{said}>{''.join(children)}</{tag}>")


def _contents(blocks: tuple[Block, ...]) -> Html:
    """Links to the main sections of a long page."""
    titles = [block.text for block in blocks if isinstance(block, Heading) and _rank(block) == 2]
    if len(titles) < 3:
        return Html("")
    links = (element("li", element("a", text(title), href=f"#{anchor(title)}")) for title in titles)
    return element("nav", element("ul", *links), cls="rk-contents", aria_label="Sections")


def anchor(title: str) -> str:
    """The id of a heading in a page."""
    return "rk-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _rank(heading: Heading) -> int:
    return min(6, heading.outline or heading.level)


def _block(block: Block) -> Html:
    match block:
        case Heading():
            return element(f"h{_rank(block)}", text(block.text), id=anchor(block.text))
        case Paragraph():
            return element("p", _inline(block.spans))
        case Notice():
            return _notice(block)
        case Pairs():
            return _pairs(block)
        case Table():
            return _table(block)
        case Progress():
            return _progress(block)
        case Items():
            return element("ul", *map(_item, block.items), cls="rk-items")


def _notice(notice: Notice) -> Html:
    title = element("p", _sign(notice.tone), _inline(notice.title), cls="rk-title")
    lines = element("ul", *(element("li", _inline(line)) for line in notice.lines)) if notice.lines else Html("")
    return element("div", title, lines, cls=f"rk-notice rk-{notice.tone}", role="note")


def _pairs(pairs: Pairs) -> Html:
    rows = (
        element("div", element("dt", text(name)), element("dd", _inline(value)), cls=f"rk-pair{_wide(value)}")
        for name, value in pairs.rows
    )
    return element("dl", *rows, cls="rk-pairs", aria_label=pairs.caption)


def _wide(value: Inline) -> str:
    """A long value takes two columns."""
    return " rk-long" if sum(len(span.text) for span in value if isinstance(span, Span)) > 48 else ""


def _table(table: Table) -> Html:
    heads = (element("th", text(column), scope="col") for column in table.columns)
    rows = (element("tr", *(element("td", _inline(cell)) for cell in row)) for row in table.rows)
    inner = (element("thead", element("tr", *heads)), element("tbody", *rows))
    if table.folded:
        plain = element("table", *inner, aria_label=table.caption)
        return element("details", element("summary", text(table.caption)), _wide_part(plain, table.caption))
    return _wide_part(element("table", element("caption", text(table.caption)), *inner), table.caption)


def _wide_part(inner: Html, caption: str) -> Html:
    """What may be wider than the page: it scrolls by itself, with the keyboard too (WCAG 2.1.1)."""
    return element("div", inner, cls="rk-wide", tabindex="0", role="group", aria_label=caption)


def _progress(progress: Progress) -> Html:
    marks = (element("li", _mark(mark), Html(" "), text(str(count))) for mark, count in progress.marks)
    return element("ul", *marks, cls="rk-progress", aria_label=progress.caption)


def _item(item: ItemLine) -> Html:
    words = _inline(item.words, glue="")
    if item.box is None:
        first = element("span", element("del", words) if item.struck else words, cls="rk-words")
    else:
        checked = " checked" if item.box else ""
        box = Html(f'<input type="checkbox" disabled{checked}>')
        first = element("label", box, Html(" "), element("span", words), cls="rk-words")
    said = _inline(tuple(span for span in item.said if not isinstance(span, Mark)))
    head = element("div", first, Html(" "), _mark(item.mark), cls="rk-head")
    why = element("p", said, cls="rk-why") if said else Html("")
    lines = element("ul", *map(_line, item.lines), cls="rk-lines") if item.lines else Html("")
    return element("li", head, why, lines, cls=f"rk-item rk-{item.mark.tone}")


def _line(line: Line) -> Html:
    sign = Html("")
    if line.tone and not isinstance(line.spans[0] if line.spans else None, Mark):
        sign = _sign(line.tone)
    tone = f" rk-{line.tone}" if line.tone else ""
    return element("li", sign, _inline(line.spans), cls=f"rk-line rk-{line.kind}{tone}")


def _inline(spans: Inline, glue: str = " ") -> Html:
    return Html(glue.join(filter(None, map(_span, spans))))


def _span(span: Span | Mark | Spark) -> Html:
    if isinstance(span, Mark):
        return _mark(span)
    if isinstance(span, Spark):
        return _spark(span)
    match span.style:
        case Style.CODE:
            return element("code", Html(html_code(span.text)), cls="rk-code")
        case Style.SOURCE:
            return element("code", text(span.text), cls="rk-source")
        case Style.STRONG:
            return element("strong", text(span.text))
        case Style.SLOT:
            return element("span", text(span.text), cls="rk-slot")
        case Style.QUIET:
            return element("span", _with_times(span.text), cls="rk-quiet")
        case Style.PLAIN:
            return _with_times(span.text)


def _with_times(said: str) -> Html:
    """Text whose moments are marked as such, so that a page that lives can say how long ago they were."""
    parts, at = [], 0
    for match in _MOMENT.finditer(said):
        day, month, year, time = match.groups()
        iso = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{time}Z"
        parts += [text(said[at : match.start()]), element("time", text(match[0]), datetime=iso)]
        at = match.end()
    return Html("".join([*parts, text(said[at:])]))


def _spark(spark: Spark) -> Html:
    """A line through the values, the lowest at the bottom; values that are no numbers leave no trace.

    What came before the boundary is drawn thinner; limits are lines across, where they lie near the values.
    """
    found = [(value, at < spark.before) for at, value in enumerate(spark.values) if isfinite(value)]
    if not found:
        return Html("")
    values, before = [value for value, _ in found], sum(early for _, early in found)
    low, high, limits = _reach(values, spark.limits)
    step, scale = _WIDE / max(1, len(values) - 1), _HIGH / (high - low) if high > low else 0.0

    def down(value: float) -> str:
        return f"{2 + _HIGH - (value - low) * scale:.1f}"

    points = [f"{2 + at * step:.1f},{down(value)}" for at, value in enumerate(values)]
    end = str(_WIDE + 2)
    lines = [element("line", cls="rk-limit", x1="2", x2=end, y1=down(one), y2=down(one)) for one in limits]
    if 0 < before < len(values):
        at = f"{2 + (before - 0.5) * step:.1f}"
        lines.append(element("line", cls="rk-boundary", x1=at, x2=at, y1="2", y2=str(_HIGH + 2)))
    for part, cls in ((points[:before], "rk-before"), (points[before:], "rk-now")):
        if part:
            lines.append(element("polyline", cls=cls, points=" ".join(part), fill="none", stroke="currentColor"))
    marks = {max(values): down(max(values)), min(values): down(min(values))}
    said = (element("text", text(f"{value:.4g}"), x=str(_WIDE + 7), y=y) for value, y in marks.items())
    size = (str(_WIDE + 52), str(_HIGH + 4))
    return element(
        "svg",
        *lines,
        *said,
        cls="rk-spark",
        role="img",
        aria_label=spark.text,
        viewBox=f"0 0 {size[0]} {size[1]}",
        width=size[0],
        height=size[1],
    )


def _reach(values: list[float], limits: tuple[float, ...]) -> tuple[float, float, tuple[float, ...]]:
    """From where to where a plot goes, and the limits in it: one that is far from all values would flatten them."""
    low, high = min(values), max(values)
    room = (high - low) * 1.5 or abs(high) * 0.5
    near = tuple(one for one in limits if isfinite(one) and low - room <= one <= high + room)
    return min((low, *near)), max((high, *near)), near


def _sign(tone: Tone) -> Html:
    return Html(element("span", text(_SIGNS[tone]), cls=f"rk-sign rk-{tone}", aria_hidden="true") + " ")


def _mark(mark: Mark) -> Html:
    sign = element("span", text(_SIGNS[mark.tone]), aria_hidden="true")
    return element("span", sign, Html(" "), text(mark.word), cls=f"rk-mark rk-{mark.tone}")
