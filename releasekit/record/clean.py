"""HTML that was put out by a cell, made safe to stand in a record. Knows neither notebooks nor what the HTML says."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nh3 import Cleaner

_NAMES = (
    "a|abbr|article|aside|b|blockquote|br|caption|cite|code|col|colgroup|dd|del|details|dfn|div|dl|dt|em|figcaption|"
    "figure|footer|h[1-6]|header|hr|i|input|ins|kbd|label|li|main|mark|meter|nav|ol|p|pre|progress|q|s|samp|section|"
    "small|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|ul|var|wbr|"
    "svg|g|path|polyline|polygon|line|rect|circle|text"
)
# No style (overlays), no event handler, no address but a fragment, http(s) or mail; values hold neither < nor >.
_VALUES = r'"[^"<>]*"'
_ATTRIBUTES = (
    rf'href="(?:#|https?://|mailto:)[^"<>]*"|type="checkbox"|'
    rf"(?:checked|disabled|open|hidden)(?:=\"\")?|"
    rf"(?:class|id|title|lang|dir|role|scope|for|datetime|colspan|rowspan|start|value|min|max|low|high|optimum|"
    rf"tabindex|rel|aria-[a-z]+|viewBox|width|height|x|y|x1|x2|y1|y2|cx|cy|r|d|points|fill|stroke|"
    rf"stroke-width|stroke-linecap|stroke-linejoin|preserveAspectRatio|focusable|text-anchor|transform|xmlns)={_VALUES}"
)
_TAG = re.compile(rf"<(?:/(?P<close>{_NAMES})|(?P<open>{_NAMES})(?:\s+(?:{_ATTRIBUTES}))*\s*(?P<void>/?))>")
_VOID = frozenset({"br", "col", "hr", "input", "wbr"})
_SHAPES = frozenset({"path", "polyline", "polygon", "line", "rect", "circle"})  # SVG, where a slash closes

_FOREIGN_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre q s"
    " samp small span strong sub sup table tbody td tfoot th thead tr ul var".split()
)
_FOREIGN_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
# of what else is taken away the text stays; of these the text is no content
_NOT_CONTENT = {"script", "style", "template", "iframe", "object", "svg", "math", "noscript", "textarea", "title"}


def is_plain(html: str) -> bool:
    """Whether this HTML is in the small language that `document` writes: known tags and attributes, all closed.

    Such text cannot run, load or cover anything in any parser: it has no raw-text element, no comment, no style, and
    each ``<`` begins one of its tags.
    """
    stack: list[str] = []
    at = 0
    for tag in _TAG.finditer(html):
        if "<" in html[at : tag.start()]:
            return False
        at = tag.end()
        if tag["close"]:
            if not stack or stack.pop() != tag["close"]:
                return False
        elif tag["open"] not in _VOID and not (tag["void"] and tag["open"] in _SHAPES):
            stack.append(tag["open"])
    return not stack and "<" not in html[at:]


def cleaned(html: str) -> str:
    """HTML of unknown origin without script, style, form, frame, image and address that loads; tables and text stay."""
    return _cleaner().clean(html)


@lru_cache(maxsize=1)
def _cleaner() -> "Cleaner":
    from nh3 import Cleaner

    return Cleaner(
        tags=_FOREIGN_TAGS,
        clean_content_tags=_NOT_CONTENT,
        attributes=_FOREIGN_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def own(html: str) -> str:
    """HTML that names us as its origin: as it is when it is in our language, cleaned otherwise."""
    return html if is_plain(html) else cleaned(html)
