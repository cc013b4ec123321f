"""What a cell put out, chosen and made safe for Markdown and for HTML. Knows no page and no exporter."""

import html
import re
from collections.abc import Mapping
from typing import Any

from releasekit.record.clean import cleaned, own

ORIGIN = "releasekit"
WIDGET = "application/vnd.jupyter.widget-view+json"
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_BARE = re.compile(r"(?<!\\)(?:\\\\)*<(?=[A-Za-z/!?])")  # after an even number of backslashes
# what GitHub and others make a box of, wherever a list's item or a line of one begins (GFM, "Task list items")
_TASK = re.compile(
    r"^(?P<before>(?:[ \t>]|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))*)\[(?P<tick>[ xX])\](?![(\[:])", re.MULTILINE
)
_IMAGE = re.compile(r"(?<!\\)!(?=\[)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LONGEST = 200_000  # characters of text of one output that a page still shows quickly

Output = Mapping[str, Any]


def is_own(output: Output) -> bool:
    """Whether an output names releasekit as its origin. A mark that any cell can set, and no seal."""
    return ORIGIN in (output.get("metadata") or {})


def _is_nothing(output: Output) -> bool:
    """Our style sheet, which pages have in their head, and widgets: where a widget cannot live its twin stands."""
    mark = (output.get("metadata") or {}).get(ORIGIN)
    style = isinstance(mark, dict) and mark.get("part") == "style"
    return style or WIDGET in (output.get("data") or {})


def as_html(output: Output, *, ours: bool = False) -> str:
    """The output as HTML that can run and load nothing; "" for what has nothing to show.

    ``ours``: the cell is one of our notebook. Of other cells nothing passes as ours, whatever it names as its origin.
    """
    if _is_nothing(output):
        return ""
    kind, data = output.get("output_type"), _data(output)
    if kind == "stream":
        return _block("stream", _text(output.get("text")))
    if kind == "error":
        return _block("error", _error(output))
    if "text/html" in data:
        if ours and is_own(output):
            return own(data["text/html"])
        return f'<div class="rk-foreign">{cleaned(data["text/html"])}</div>'
    for media in (*_IMAGES, "image/svg+xml"):
        if media in data:
            return _image(media, data[media], data.get("text/plain", ""))
    text = data.get("text/markdown") or data.get("text/plain") or ""
    return _block("text", text) if text else ""


def as_markdown(output: Output, *, ours: bool = False) -> str:
    """The output as Markdown, text/markdown preferred; HTML never passes into it, and boxes only where it is ours."""
    if _is_nothing(output):
        return ""
    kind, data = output.get("output_type"), _data(output)
    if kind == "stream":
        return fenced(_shortened(_text(output.get("text"))))
    if kind == "error":
        return fenced(_error(output))
    if "text/markdown" in data:
        told = data["text/markdown"]
        return (without_html(told) if ours and is_own(output) else foreign_markdown(told)).strip("\n")
    if any(media.startswith("image/") for media in data):
        return "*(an image; the notebook and the HTML show it)*"
    return fenced(_shortened(data["text/plain"])) if data.get("text/plain") else ""


def fenced(text: str, language: str = "") -> str:
    """Text in a fence that is longer than any in it."""
    text = text.strip("\n")
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def foreign_markdown(markdown: str) -> str:
    """Markdown of unknown origin: HTML and task boxes are shown as text, images as links, so that nothing is loaded."""
    lines = without_html(markdown).replace("\r\n", "\n").replace("\r", "\n")
    return _IMAGE.sub(r"\!", _TASK.sub(r"\g<before>\[\g<tick>\]", lines))


def without_html(markdown: str) -> str:
    """The Markdown; where it holds HTML, that is shown as text."""
    from markdown_it import MarkdownIt

    if not _BARE.search(markdown):  # `document` writes none but in code, and parsing takes longer than looking
        return markdown
    tokens = MarkdownIt("commonmark").parse(markdown)
    inner = [child for token in tokens for child in token.children or ()]
    if any(token.type in {"html_block", "html_inline"} for token in (*tokens, *inner)):
        return _TAG_LIKE.sub("&lt;", markdown)
    return markdown


def _data(output: Output) -> dict[str, str]:
    """A mimebundle's texts, each in one piece; other values (JSON) have a text/plain beside them."""
    found = output.get("data") or {}
    return {media: _text(value) for media, value in found.items() if isinstance(value, str | list)}


def _text(value: object) -> str:
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return _ANSI.sub("", joined)


def _error(output: Output) -> str:
    name, said = str(output.get("ename") or "Error"), _text(output.get("evalue"))
    return said if name == "NotebookError" else f"{name}: {said}"


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n… {len(text) - LONGEST} more characters stand in the notebook"


def _block(kind: str, text: str) -> str:
    text = _shortened(text).strip("\n")
    return f'<pre class="rk-output rk-{kind}">{html.escape(text)}</pre>' if text else ""


def _image(media: str, data: str, described: str) -> str:
    from base64 import b64encode

    if media == "image/svg+xml":  # as an image it can neither run nor load anything
        data = b64encode(data.encode()).decode()
    elif not _BASE64.fullmatch(data):
        return ""
    address = f"data:{media};base64,{''.join(data.split())}"
    return f'<p><img src="{address}" alt="{html.escape(described, quote=True)}"></p>'
