"""Blocks to HTML that needs no script, no style of others and no network. All text passes through one escape."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
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
    Style,
    Table,
    Tone,
)
from releasekit.document.escape import html_code, html_text

Html = NewType("Html", str)
_SIGNS = {Tone.GOOD: "✓", Tone.BAD: "✗", Tone.WARN: "⚠", Tone.UNKNOWN: "?", Tone.QUIET: "·"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(blocks: Iterable[Block]) -> str:
    """The blocks as a fragment: to stand in a page or in a notebook's output, together with `css`."""
    return _element("div", *map(_block, blocks), cls="releasekit")


def page(blocks: Iterable[Block], title: str = "Release") -> str:
    """The blocks as a whole page: one file, no script, nothing is fetched."""
    listed = tuple(blocks)
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text(title)}</title>\n<style>\n{css()}</style>\n</head>\n<body>\n"
    )
    main = _element("main", _contents(listed), *map(_block, listed), cls="releasekit rk-page")
    return f"{head}{main}\n</body>\n</html>\n"


@lru_cache(maxsize=1)
def css() -> str:
    """The style of fragments and pages; every rule is for what stands in an element of class ``releasekit``."""
    return resources.files("releasekit.document").joinpath("style.css").read_text(encoding="utf-8")


def _text(text: str) -> Html:
    return Html(html_text(text))


def _element(tag: str, *children: Html, cls: str = "", void: bool = False, **attributes: str) -> Html:
    """An element; values of attributes are escaped here, children are HTML already."""
    named = {"class": cls} | {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    said = "".join(f' {name}="{html_text(value)}"' for name, value in named.items() if value)
    return Html(f"<{tag}{said}>" if void else f"<{tag}{said}>{''.join(children)}</{tag}>")


def _contents(blocks: tuple[Block, ...]) -> Html:
    """Links to the main sections of a long page."""
    titles = [block.text for block in blocks if isinstance(block, Heading) and _rank(block) == 2]
    if len(titles) < 3:
        return Html("")
    links = (_element("li", _element("a", _text(title), href=f"#{_anchor(title)}")) for title in titles)
    return _element("nav", _element("ul", *links), cls="rk-contents", aria_label="Sections")


def _anchor(title: str) -> str:
    return "rk-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _rank(heading: Heading) -> int:
    return min(6, heading.outline or heading.level)


def _block(block: Block) -> Html:
    match block:
        case Heading():
            return _element(f"h{_rank(block)}", _text(block.text), id=_anchor(block.text))
        case Paragraph():
            return _element("p", _inline(block.spans))
        case Notice():
            return _notice(block)
        case Pairs():
            return _pairs(block)
        case Table():
            return _table(block)
        case Progress():
            return _progress(block)
        case Items():
            return _element("ul", *map(_item, block.items), cls="rk-items")


def _notice(notice: Notice) -> Html:
    title = _element("p", _sign(notice.tone), _inline(notice.title), cls="rk-title")
    lines = _element("ul", *(_element("li", _inline(line)) for line in notice.lines)) if notice.lines else Html("")
    return _element("div", title, lines, cls=f"rk-notice rk-{notice.tone}", role="note")


def _pairs(pairs: Pairs) -> Html:
    rows = (
        _element("div", _element("dt", _text(name)), _element("dd", _inline(value)), cls=f"rk-pair{_wide(value)}")
        for name, value in pairs.rows
    )
    return _element("dl", *rows, cls="rk-pairs", aria_label=pairs.caption)


def _wide(value: Inline) -> str:
    """A long value takes two columns."""
    return " rk-long" if sum(len(span.text) for span in value if isinstance(span, Span)) > 48 else ""


def _table(table: Table) -> Html:
    heads = (_element("th", _text(column), scope="col") for column in table.columns)
    rows = (_element("tr", *(_element("td", _inline(cell)) for cell in row)) for row in table.rows)
    inner = (_element("thead", _element("tr", *heads)), _element("tbody", *rows))
    if table.folded:
        plain = _element("table", *inner, aria_label=table.caption)
        return _element("details", _element("summary", _text(table.caption)), _element("div", plain, cls="rk-wide"))
    return _element("div", _element("table", _element("caption", _text(table.caption)), *inner), cls="rk-wide")


def _progress(progress: Progress) -> Html:
    marks = (_element("li", _mark(mark), Html(" "), _text(str(count))) for mark, count in progress.marks)
    return _element("ul", *marks, cls="rk-progress", aria_label=progress.caption)


def _item(item: ItemLine) -> Html:
    words = _inline(item.words, glue="")
    if item.box is None:
        first = _element("span", _element("del", words) if item.struck else words, cls="rk-words")
    else:
        checked = " checked" if item.box else ""
        box = Html(f'<input type="checkbox" disabled{checked}>')
        first = _element("label", box, Html(" "), _element("span", words), cls="rk-words")
    said = _inline(tuple(span for span in item.said if not isinstance(span, Mark)))
    head = _element("div", first, Html(" "), _mark(item.mark), cls="rk-head")
    why = _element("p", said, cls="rk-why") if said else Html("")
    lines = _element("ul", *map(_line, item.lines), cls="rk-lines") if item.lines else Html("")
    return _element("li", head, why, lines, cls=f"rk-item rk-{item.mark.tone}")


def _line(line: Line) -> Html:
    sign = Html("")
    if line.tone and not isinstance(line.spans[0] if line.spans else None, Mark):
        sign = _sign(line.tone)
    tone = f" rk-{line.tone}" if line.tone else ""
    return _element("li", sign, _inline(line.spans), cls=f"rk-line rk-{line.kind}{tone}")


def _inline(spans: Inline, glue: str = " ") -> Html:
    return Html(glue.join(filter(None, map(_span, spans))))


def _span(span: Span | Mark) -> Html:
    if isinstance(span, Mark):
        return _mark(span)
    match span.style:
        case Style.CODE:
            return _element("code", Html(html_code(span.text)), cls="rk-code")
        case Style.SOURCE:
            return _element("code", _text(span.text), cls="rk-source")
        case Style.STRONG:
            return _element("strong", _text(span.text))
        case Style.QUIET | Style.SLOT:
            return _element("span", _text(span.text), cls=f"rk-{span.style}")
        case Style.PLAIN:
            return _text(span.text)


def _sign(tone: Tone) -> Html:
    return Html(_element("span", _text(_SIGNS[tone]), cls=f"rk-sign rk-{tone}", aria_hidden="true") + " ")


def _mark(mark: Mark) -> Html:
    sign = _element("span", _text(_SIGNS[mark.tone]), aria_hidden="true")
    return _element("span", sign, Html(" "), _text(mark.word), cls=f"rk-mark rk-{mark.tone}")
