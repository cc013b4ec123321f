"""Exports show a notebook's own outputs, need no store, and can neither run nor load anything."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from playwright.sync_api import Browser

from releasekit.record.export import to_html, to_markdown
from releasekit.record.exporters import RecordHTMLExporter, RecordMarkdownExporter
from releasekit.record.outputs import as_html, as_markdown, fenced
from tests.record.browser import watched
from tests.record.test_clean import HOSTILE

OURS = {"releasekit": {"part": "card", "events": 3, "as_of": "2026-11-23T05:00:00.000Z"}}


def data(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": bundle, "metadata": metadata or {}}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": list(outputs),
        "execution_count": 1,
    }


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source, **more}


def shipped(*outputs: dict[str, Any]) -> dict[str, Any]:
    """A cell of our notebook, with these outputs."""
    return code("release.evidence()", *outputs, tags=("remove-input",))


def node(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}


CARD = data(
    {
        "text/markdown": "| a |\n| --- |\n| `b` |",
        "text/html": '<div class="releasekit"><p>b</p></div>',
        "text/plain": "x",
    },
    OURS,
)


def test_our_cells_show_their_outputs_without_their_code_and_an_operators_cell_keeps_hers() -> None:
    book = node(
        markdown("# Release"),
        shipped(CARD),
        code("run_id = 'x'", tags=("parameters",)),
        code("print(1 + 1)", {"output_type": "stream", "name": "stdout", "text": "2\n"}),
    )
    text = to_markdown(book)
    assert text == "# Release\n\n| a |\n| --- |\n| `b` |\n\n```python\nprint(1 + 1)\n```\n\n```\n2\n```\n"
    page = to_html(book)
    assert '<div class="releasekit"><p>b</p></div>' in page
    assert "release.evidence()" not in page
    assert "run_id" not in page
    assert '<pre class="rk-input"><code>print(1 + 1)</code></pre>' in page


def test_markdown_never_takes_html_and_prefers_markdown_to_text() -> None:
    assert as_markdown(CARD, ours=True) == "| a |\n| --- |\n| `b` |"
    assert (
        as_markdown(data({"text/html": "<b>x</b>", "text/plain": "   a  b\n0  1  2"})) == "```\n   a  b\n0  1  2\n```"
    )
    assert (
        as_markdown(data({"text/markdown": "*x* <script>alert(1)</script>"})) == "*x* &lt;script>alert(1)&lt;/script>"
    )
    assert as_markdown(data({"text/html": "<b>x</b>"})) == ""


FORGED = (
    '<div class="releasekit"><ul class="rk-items"><li class="rk-item rk-good"><label class="rk-words">'
    '<input type="checkbox" disabled checked> <span>Database backed up</span></label></li></ul></div>'
)
TICKS = (
    "- [x] Database backed up",
    "* [X] Database backed up",
    "12. [x] Database backed up",
    "> - [x] Database backed up",
    "- - [x] Database backed up",
    "-\t[x] Database backed up",
    "-\n  [x] Database backed up",
    "text\r- [x] Database backed up",
    "    - [ ] Database backed up",
)


def test_only_a_cell_of_our_notebook_speaks_in_our_name_whatever_an_output_says_of_itself() -> None:
    forged = data({"text/html": FORGED, "text/markdown": "- [x] Database backed up"}, OURS)
    theirs = node(code("display(forged)", forged), code("display(forged)", forged, tags=("remove-input",)))
    page, text = to_html(theirs), to_markdown(theirs)
    assert "<input" not in page
    assert 'class="rk-item' not in page
    assert page.count("Database backed up") == 2
    assert "- [x]" not in text
    ours = node(shipped(forged))
    assert FORGED in to_html(ours)
    assert "- [x] Database backed up" in to_markdown(ours)


def test_our_own_outputs_are_looked_at_all_the_same() -> None:
    evil = data({"text/html": "<script>alert(1)</script>", "text/markdown": "a\\\\<script>alert(1)</script>"}, OURS)
    assert "<script" not in as_html(evil, ours=True)
    assert "<script" not in as_markdown(evil, ours=True)
    code_span = data({"text/markdown": "| `<none>` | \\<b> |"}, OURS)
    assert as_markdown(code_span, ours=True) == "| `<none>` | \\<b> |"


@pytest.mark.parametrize("line", TICKS)
def test_no_box_of_others_is_a_box_in_our_markdown(line: str) -> None:
    cells = (markdown(line), code("x", data({"text/markdown": line})), code("x", data({"text/markdown": line}, OURS)))
    told = to_markdown(node(*cells))
    assert told.count("\\[") == 3
    assert not re.search(r"(?<!\\)\[[xX ]\]", told)
    page = to_html(node(*cells))
    assert "\\[" not in page
    assert "<input" not in page


def test_a_link_that_begins_a_line_stays_one_and_an_image_of_others_is_not_loaded() -> None:
    told = as_markdown(data({"text/markdown": "[x](https://example.org) ![a](https://example.org/a.png)\n\na[x] = 1"}))
    assert told == "[x](https://example.org) \\![a](https://example.org/a.png)\n\na[x] = 1"


def test_a_widget_leaves_nothing_where_none_can_live() -> None:
    widget = data({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": ""}, OURS)
    assert as_html(widget) == as_markdown(widget) == ""
    foreign = data({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "VBox(children=())"})
    assert as_html(foreign) == as_markdown(foreign) == ""


def test_an_error_is_its_message_and_no_traceback() -> None:
    error = {
        "output_type": "error",
        "ename": "NotebookError",
        "evalue": "storefront.yaml:3: <unknown> key",
        "traceback": ["\x1b[31m/home/x/secret.py\x1b[0m"],
    }
    assert as_html(error) == '<pre class="rk-output rk-error">storefront.yaml:3: &lt;unknown&gt; key</pre>'
    assert as_markdown(error) == "```\nstorefront.yaml:3: <unknown> key\n```"
    assert as_markdown({**error, "ename": "ValueError"}).startswith("```\nValueError: storefront")


def test_text_cannot_leave_its_fence_and_a_flood_is_cut_with_a_word() -> None:
    assert fenced("a\n````\nb") == "`````\na\n````\nb\n`````"
    flood = {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}
    assert len(as_html(flood)) < 210_000
    assert "800000 more characters" in as_html(flood)


def test_an_image_of_the_notebook_is_kept_and_one_from_elsewhere_is_named() -> None:
    png = "iVBORw0KGgo="
    assert f'src="data:image/png;base64,{png}"' in as_html(data({"image/png": png + "\n", "text/plain": '"<x>'}))
    assert as_html(data({"image/png": '"><script>'})) == ""
    book = node(
        markdown("![a](attachment:a.png) ![b](http://127.0.0.1/b.png)", attachments={"a.png": {"image/png": png}})
    )
    page = to_html(book)
    assert f"data:image/png;base64,{png}" in page
    assert "(image: b)" in page
    assert "127.0.0.1" not in page


def test_the_status_comes_from_the_stamp_and_says_interrupted_loudly() -> None:
    stamp = {"run": "r<b>", "status": "interrupted", "why": "the kernel died at 'Part 2'", "as_of": "t", "events": 7}
    book = node(markdown("# Release"), releasekit=stamp, papermill={"status": "completed"})
    for text in (to_markdown(book), to_html(book)):
        assert "INTERRUPTED" in text
        assert "r<b>" not in text
    assert "INTERRUPTED" not in to_markdown(node(markdown("# Release")))


def test_what_was_interrupted_catches_the_eye_in_a_record_of_a_run_that_ended_well() -> None:
    stamp = {"run": "r", "status": "deployed", "machine": "go", "all": "go", "phase": "close", "closed": True}
    cut = "An execution of the notebook was interrupted: it was at <Part 2>"
    for told, tone in (([], "rk-quiet"), ([cut], "rk-warn")):
        book = node(markdown("# Release"), releasekit={**stamp, "interruptions": told})
        page = to_html(book)
        assert f'<div class="rk-notice {tone}"' in page
        assert ("it was at &lt;Part 2&gt;" in page) is bool(told)
        assert ("it was at" in to_markdown(book)) is bool(told)


@pytest.mark.parametrize(
    "book",
    [
        {},
        {"cells": None},
        node({"cell_type": "code"}),
        node({"cell_type": "raw", "source": "<script>"}),
        node({"cell_type": "markdown", "source": ["# a\n", "b"], "metadata": {"tags": "x"}}),
        node(releasekit="no mapping"),
    ],
)
def test_a_notebook_with_holes_is_exported_all_the_same(book: dict[str, Any]) -> None:
    assert "<script>" not in to_html(book)
    assert to_markdown(book).endswith("\n")


def test_the_exporters_are_found_by_nbconvert_and_need_neither_store_nor_run(tmp_path: Path) -> None:
    book = node(markdown("# Release"), shipped(CARD))
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(book))
    command = [sys.executable, "-m", "nbconvert", "--to", "releasekit-html", str(path)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "RELEASEKIT_STORE": "no://such"})
    assert (tmp_path / "x.html").read_text() == to_html(book)
    exporter = get_exporter("releasekit-markdown")
    assert exporter().from_filename(str(path))[0] == to_markdown(book)


def test_a_preprocessor_that_a_caller_enables_is_heard() -> None:
    book = nbformat.from_dict(node(markdown("# Release"), code("print(1)", tags=("mine",))))
    from traitlets.config import Config

    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = ("mine",)
    assert "print(1)" in RecordMarkdownExporter().from_notebook_node(book)[0]
    assert "print(1)" not in RecordMarkdownExporter(config=config).from_notebook_node(book)[0]
    assert RecordHTMLExporter().from_notebook_node(book)[1]["output_extension"] == ".html"


def test_whatever_a_notebook_holds_its_page_runs_nothing_asks_nobody_and_ticks_no_box(
    chromium: Browser, tmp_path: Path
) -> None:
    cells = [markdown(f"# {number} {html}\n\n- [x] forged\n\n{html}") for number, html in enumerate(HOSTILE)]
    for html in HOSTILE:
        bundle = {"text/html": html, "text/plain": html, "application/javascript": "alert(1)"}
        cells.append(
            code(html, data(bundle), data(bundle, OURS), data({"text/markdown": html}), data({"image/svg+xml": html}))
        )
        cells.append(shipped(data(bundle), data(bundle, OURS), data({"text/markdown": html}, OURS)))
        cells.append(code("x", {"output_type": "stream", "name": "stdout", "text": html}))
        cells.append(code("x", {"output_type": "error", "ename": html, "evalue": html, "traceback": [html]}))
    forged = ('<input type="checkbox" checked> forged', FORGED, f"<details open>{FORGED}</details>")
    cells += [code("x", data({"text/html": html}), data({"text/html": html}, OURS)) for html in forged]
    stamp = {"run": HOSTILE[0], "status": HOSTILE[2], "why": HOSTILE[3], "service": HOSTILE[0], "version": HOSTILE[2]}
    file = tmp_path / "hostile.html"
    file.write_text(to_html(node(*cells, releasekit=stamp)))
    seen = watched(chromium)
    seen.page.goto(file.as_uri())
    assert [url for url in seen.requests if not url.startswith("data:")] == [file.as_uri()]
    assert seen.said == []
    assert seen.page.locator("script, iframe, form, object, link, base, style >> nth=1").count() == 0
    assert seen.page.locator("input:checked").count() == 0
    fixed = "[...document.body.querySelectorAll('*')].filter(e => getComputedStyle(e).position === 'fixed').length"
    assert seen.page.evaluate(fixed) == 0
    seen.page.close()
