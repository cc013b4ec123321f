"""A notebook with its outputs as one Markdown text or one HTML page. Needs no store, no run, no network, no script."""

import html
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from releasekit import document
from releasekit.document.blocks import Notice, Tone, plain
from releasekit.document.escape import markdown_text
from releasekit.record import outputs
from releasekit.record.shipped import is_shipped
from releasekit.record.status import KEY, sentence, standing

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Notebook = Mapping[str, Any]
Cell = Mapping[str, Any]
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{css}</style>
</head>
<body>
<main class="releasekit rk-page">
{body}
</main>
</body>
</html>
"""
TITLE = "# Release"  # the first cell of notebooks/release.ipynb
HIDDEN = frozenset({"parameters", "injected-parameters", "remove-input", "hide-input"})
GONE = frozenset({"remove-cell", "papermill-error-cell-tag"})


def to_markdown(notebook: Notebook) -> str:
    """The notebook as Markdown: its Markdown cells, its outputs, and the code of cells that are not ours."""
    title, *rest = list(_markdown_parts(notebook)) or [""]
    parts = [title, document.markdown(_banner(notebook)).strip("\n"), *rest]
    return "\n\n".join(part for part in parts if part) + "\n"


def to_html(notebook: Notebook) -> str:
    """The notebook as a page that needs neither script nor network and can use neither (content security policy)."""
    banner = _banner(notebook)
    title, *rest = list(_html_parts(notebook)) or [""]
    parts = [title, document.html(banner) if banner else "", *rest]
    return _PAGE.format(
        policy=_POLICY,
        title=html.escape(_title(notebook)),
        css=document.css() + Path(__file__).with_name("page.css").read_text(encoding="utf-8"),
        body="\n".join(filter(None, parts)),
    )


def _banner(notebook: Notebook) -> tuple[document.Block, ...]:
    said = sentence(notebook)
    mark = (notebook.get("metadata") or {}).get(KEY)
    cut = isinstance(mark, dict) and mark.get("interruptions")
    tone = Tone.BAD if said.startswith("INTERRUPTED") else Tone.WARN if cut else Tone.QUIET
    return (Notice(plain(said), tone, tuple(map(plain, standing(notebook)))),) if said else ()


def _markdown_parts(notebook: Notebook) -> Iterator[str]:
    for cell in _cells(notebook):
        source, ours = _source(cell), is_shipped(cell)
        if cell.get("cell_type") == "markdown":
            yield (_retitled(source, notebook) if ours else outputs.foreign_markdown(source)).strip("\n")
        elif cell.get("cell_type") == "code":
            if _shows_input(cell):
                yield outputs.fenced(source, "python")
            yield from (outputs.as_markdown(output, ours=ours) for output in cell.get("outputs") or ())


def _html_parts(notebook: Notebook) -> Iterator[str]:
    for cell in _cells(notebook):
        source = _source(cell)
        if cell.get("cell_type") == "markdown":
            rendered = _markdown_it().render(
                _retitled(source, notebook), {"attachments": cell.get("attachments") or {}}
            )
            yield f"<section>{rendered}</section>"
        elif cell.get("cell_type") == "code":
            if _shows_input(cell):
                yield f'<pre class="rk-input"><code>{html.escape(source)}</code></pre>'
            ours = is_shipped(cell)
            shown = "\n".join(filter(None, (outputs.as_html(one, ours=ours) for one in cell.get("outputs") or ())))
            if shown:
                yield f"<section>{shown}</section>"


def _cells(notebook: Notebook) -> Iterator[Cell]:
    return (cell for cell in notebook.get("cells") or () if not GONE.intersection(_tags(cell)))


def _tags(cell: Cell) -> tuple[str, ...]:
    tags = (cell.get("metadata") or {}).get("tags")
    return tuple(map(str, tags)) if isinstance(tags, list | tuple) else ()


def _source(cell: Cell) -> str:
    source = cell.get("source") or ""
    return "".join(source) if isinstance(source, list) else str(source)


def _shows_input(cell: Cell) -> bool:
    return bool(_source(cell).strip()) and not HIDDEN.intersection(_tags(cell))


def _retitled(source: str, notebook: Notebook) -> str:
    """The notebook's own title gives way to what is released, once that is known."""
    if source.strip() != TITLE or KEY not in (notebook.get("metadata") or {}):
        return source
    return "# " + markdown_text(_title(notebook))


def _title(notebook: Notebook) -> str:
    mark = (notebook.get("metadata") or {}).get(KEY)
    if isinstance(mark, dict) and mark.get("service"):
        return f"{mark['service']} {mark.get('version')} to {mark.get('environment')}"
    for cell in _cells(notebook):
        first = _source(cell).lstrip().partition("\n")[0]
        if cell.get("cell_type") == "markdown" and first.startswith("# "):
            return first[2:].strip()
    return "Release record"


@lru_cache(maxsize=1)
def _markdown_it() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    rules = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    rules.add_render_rule("image", _image)
    return rules


def _image(_self: object, tokens: Any, index: int, _options: object, env: Mapping[str, Any]) -> str:
    """An image that the cell itself holds is shown; one from elsewhere is named, since the page loads nothing."""
    token = tokens[index]
    address, described = str(token.attrs.get("src", "")), html.escape(token.content, quote=True)
    bundle = (
        env["attachments"].get(address.removeprefix("attachment:"), {}) if address.startswith("attachment:") else {}
    )
    for media, data in bundle.items():
        shown = outputs.as_html({"output_type": "display_data", "data": {media: data, "text/plain": token.content}})
        if shown.startswith("<p><img "):
            return shown.removeprefix("<p>").removesuffix("</p>")
    return f"<em>(image: {described or html.escape(address)})</em>"
