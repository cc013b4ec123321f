"""The record of a run that was closed: as of its end, whole or not at all, with the operator's notebook beside it."""

import json
from pathlib import Path

import nbformat
import pytest

from releasekit.record.closing import OPERATED, final, keep_operated
from releasekit.record.make import NAMES, RecordError
from tests.record.example import Example, example, notebook


def written(shown: Example) -> dict[str, str]:
    return {name: (shown.folder / name).read_text() for name in NAMES}


def test_its_kernel_has_neither_the_store_nor_a_credential_and_adds_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop:hunter2-canary@db/shop")
    shown = example(tmp_path)
    shown.record()
    shown.run.close("deployed", "as planned")
    size = shown.run.refresh().size
    (tmp_path / "storefront").rename(tmp_path / "gone")
    titles: list[str] = []
    done = final(shown.run, shown.folder, base=shown.base, on_cell=lambda _at, _of, title: titles.append(title))
    assert (done.status, shown.run.refresh().size, done.state.head) == ("deployed", size, shown.run.state.head)
    assert "What happened" in titles
    assert json.loads((shown.folder / "release.json").read_text())["readiness"]["machine"]
    assert not any("hunter2-canary" in text for text in written(shown).values())


def test_an_execution_that_did_not_end_leaves_the_earlier_record_of_a_closed_run(tmp_path: Path) -> None:
    shown = example(tmp_path)
    shown.record()
    before = written(shown)
    shown.run.close("deployed")
    with pytest.raises(RecordError, match="the kernel died at 'Part 1'"):
        shown.record(notebook(tmp_path / "cells.ipynb", "import os; os.kill(os.getpid(), 9)"))
    assert written(shown) == before


def test_each_notebook_with_cells_of_its_own_is_kept_once_under_a_name_that_is_free(tmp_path: Path) -> None:
    for number in (1, 2, 2):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"{number} + 1", id="x")])
        nbformat.write(book, tmp_path / "release.ipynb")
        keep_operated(tmp_path)
    kept = {path.name: nbformat.read(path, as_version=4).cells[0].source for path in tmp_path.glob("operated*")}
    assert kept == {OPERATED: "1 + 1", "operated-2.ipynb": "2 + 1"}


@pytest.mark.parametrize("text", [None, "", "[]", '{"cells": 1}', '{"cells": [1]}', "\x00"])
def test_what_is_no_notebook_is_not_kept(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "release.ipynb").write_text(text)
    keep_operated(tmp_path)
    assert not list(tmp_path.glob("operated*"))
