from pathlib import Path

import pytest

from releasekit.archive import layout
from releasekit.archive.layout import Bundle
from releasekit.archive.reopening import laid_out, state
from releasekit.errors import InputError, RefusedError, StoreError
from releasekit.record.bind import binding
from releasekit.record.execute import execute
from releasekit.record.place import Folder
from releasekit.run.run import Run
from releasekit.run.store import open_store
from tests.archive.conftest import Made
from tests.archive.samples import with_files
from tests.run.samples import ALICE, UAT, Clock


def test_a_bundles_run_reads_as_it_ended(made: Made) -> None:
    assert state(made.bundle) == made.ended.run.state


def test_reopened_it_shows_the_run_and_takes_nothing(made: Made, tmp_path: Path) -> None:
    notebook, address = laid_out(made.bundle, tmp_path)
    assert notebook.stat().st_mode & 0o222 == 0
    store = open_store(address, tmp_path, clock=Clock())
    run = Run(store, made.ended.run.run_id, ALICE, Clock())
    assert run.state == made.ended.run.state
    with pytest.raises(RefusedError, match="is closed"):
        run.untick(UAT)
    bound = binding(run.run_id, tmp_path, Folder(tmp_path), interactive=False)
    done = execute(notebook, tmp_path, bound, store=address, base=tmp_path, at_cell=lambda *_: None)
    assert done.ended == "finished"
    assert "accepted by the shop team" in str(done.notebook)
    assert store.lines(run.run_id) == made.ended.run.store.lines(run.run_id)


def test_a_notebook_from_a_bundle_is_never_executed(made: Made, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    evil = f'{{"cells": [{{"cell_type": "code", "source": "open({str(canary)!r}, \\"w\\")"}}]}}'.encode()
    hostile = with_files(made.bundle, {path: evil for path in made.bundle.files if path.endswith(".ipynb")})
    (tmp_path / "out").mkdir()
    notebook, address = laid_out(hostile, tmp_path / "out")
    bound = binding(made.ended.run.run_id, tmp_path, Folder(tmp_path), interactive=False)
    execute(notebook, tmp_path / "out", bound, store=address, base=tmp_path, at_cell=lambda *_: None)
    assert not canary.exists()
    assert "canary" not in notebook.read_text()


def test_a_log_that_was_changed_is_not_reopened(made: Made, tmp_path: Path) -> None:
    lines = made.bundle.files[layout.EVENTS].splitlines(keepends=True)
    cut = with_files(made.bundle, {layout.EVENTS: b"".join(lines[:2] + lines[3:])})
    with pytest.raises(StoreError, match="was changed at event 3"):
        state(cut)
    with pytest.raises(StoreError):
        laid_out(cut, tmp_path)
    with pytest.raises(InputError, match="no bundle of a run"):
        state(Bundle("x", {}))
    assert [path.name for path in tmp_path.iterdir()] == ["releases.db"]
