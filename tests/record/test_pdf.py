"""The page on paper: by Chromium, the same each time, and one sentence where there is none."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import nbformat
import pytest

from releasekit.record.closing import PDF, final, print_out
from releasekit.record.export import to_html
from releasekit.record.pdf import PROGRAMS, PdfError, printed, renumbered
from tests.record.example import example

AT = datetime(2026, 11, 23, 5, 0, 17, tzinfo=UTC)
PAGE = '<!DOCTYPE html><html lang="en"><head><title>Release</title></head><body><h1>Release</h1>{}</body></html>'


@pytest.fixture(autouse=True)
def there(require: Callable[[str], Path]) -> None:
    require("chromium")


def test_the_same_page_and_time_give_the_same_bytes() -> None:
    first = printed(PAGE.format("<p>one</p>"), AT)
    assert first.startswith(b"%PDF-")
    assert re.findall(rb"/(?:CreationDate|ModDate) \(D:(\d{14})", first) == [b"20261123050017"] * 2
    assert printed(PAGE.format("<p>one</p>"), AT) == first
    assert printed(PAGE.format("<p>two</p>"), AT) != first


def test_the_run_that_was_closed_is_printed_beside_its_record_as_of_its_end(tmp_path: Path) -> None:
    shown = example(tmp_path)
    shown.run.close("abandoned")
    made = final(shown.run, shown.folder, base=shown.base)
    path = print_out(made)
    assert (path.name, path.parent) == (PDF, shown.folder)
    end = re.sub(r"\D", "", made.state.closed_at)[:14].encode()
    assert re.findall(rb"/CreationDate \(D:(\d{14})", path.read_bytes()) == [end]
    assert not list(shown.folder.glob(".*"))


def test_a_page_runs_nothing_and_asks_nobody_while_it_is_printed() -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{server.server_port}"
        script = f"<script>fetch('{at}/script')</script><img src='{at}/image'><link rel=stylesheet href='{at}/css'>"
        page = to_html({"cells": []}).replace("</main>", f"{script}</main>")  # as if the exporter had let it through
        assert script in page
        assert printed(page, AT)
        server.shutdown()
    assert asked == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "none is on PATH"),
        ("#!/bin/sh\nexit 7\n", "ended with the status 7"),
        ("#!/bin/sh\nexit 0\n", "wrote none"),
    ],
    ids=["no Chromium", "it fails", "it writes nothing"],
)
def test_without_one_there_is_a_sentence_and_no_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    if text:
        (tmp_path / PROGRAMS[0]).write_text(text)
        (tmp_path / PROGRAMS[0]).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    with pytest.raises(PdfError, match=f"there is no PDF: .*{said}"):
        printed(PAGE.format(""), AT)


def test_only_root_gives_up_the_sandbox_and_chromium_sees_nothing_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / PROGRAMS[0]
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/given\n/usr/bin/env > {tmp_path}/environ\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DATABASE_URL", "postgresql://canary")
    for user, sandboxed in ((0, False), (1000, True)):
        monkeypatch.setattr("os.geteuid", lambda user=user: user)
        with pytest.raises(PdfError):
            printed(PAGE.format(""), AT)
        assert ("--no-sandbox" not in (tmp_path / "given").read_text().splitlines()) is sandboxed
    assert "canary" not in (tmp_path / "environ").read_text()


def test_nbconvert_finds_the_exporter(tmp_path: Path) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Release", id="a")])
    book.metadata["releasekit"] = {"status": "open", "as_of": "2026-11-23T05:00:17.123Z", "run": "r"}
    nbformat.write(book, tmp_path / "x.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "releasekit-pdf", str(tmp_path / "x.ipynb")]
    subprocess.run(command, check=True, capture_output=True)
    assert b"(D:20261123050017" in (tmp_path / "x.pdf").read_bytes()


def test_the_elements_of_its_structure_are_numbered_in_their_order_whatever_chromium_counted() -> None:
    pdf = b"/ID (node00000264) x /ID (node00000007) /Headers [(node00000264)] /Names [(node00000007) 1 0 R]"
    later = pdf.replace(b"264", b"265")
    assert renumbered(pdf) == renumbered(later)
    assert renumbered(pdf) == pdf.replace(b"00264", b"00002").replace(b"00007", b"00001")
    assert len(renumbered(pdf)) == len(pdf)
