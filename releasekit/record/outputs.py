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
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LONGEST = 200_000  # characters of text of one output that a page still shows quickly

Output = Mapping[str, Any]


def is_own(output: Output) -> bool:
    """Whether an output names releasekit as its origin. A mark, not a seal: what it holds is checked as well."""
    return ORIGIN in (output.get("metadata") or {})


def _is_nothing(output: Output) -> bool:
    """Our style sheet, which pages have in their head, and widgets: where a widget cannot live its twin stands."""
    mark = (output.get("metadata") or {}).get(ORIGIN)
    style = isinstance(mark, dict) and mark.get("part") == "style"
    return style or WIDGET in (output.get("data") or {})


def as_html(output: Output) -> str:
    """The output as HTML that can run and load nothing; "" for what has nothing to show."""
    if _is_nothing(output):
        return ""
    kind, data = output.get("output_type"), _data(output)
    if kind == "stream":
        return _block("stream", _text(output.get("text")))
    if kind == "error":
        return _block("error", _error(output))
    if "text/html" in data:
        return (
            own(data["text/html"]) if is_own(output) else f'<div class="rk-foreign">{cleaned(data["text/html"])}</div>'
        )
    for media in (*_IMAGES, "image/svg+xml"):
        if media in data:
            return _image(media, data[media], data.get("text/plain", ""))
    text = data.get("text/markdown") or data.get("text/plain") or ""
    return _block("text", text) if text else ""


def as_markdown(output: Output) -> str:
    """The output as Markdown, text/markdown preferred; HTML never passes into it."""
    if _is_nothing(output):
        return ""
    kind, data = output.get("output_type"), _data(output)
    if kind == "stream":
        return fenced(_shortened(_text(output.get("text"))))
    if kind == "error":
        return fenced(_error(output))
    if "text/markdown" in data:
        return data["text/markdown"].strip("\n") if is_own(output) else without_html(data["text/markdown"]).strip("\n")
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


def without_html(markdown: str) -> str:
    """Markdown of unknown origin; where it holds HTML, that is shown as text."""
    from markdown_it import MarkdownIt

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
