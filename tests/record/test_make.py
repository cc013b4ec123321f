"""A record: executed by Papermill in a real kernel, stamped from the log, exported, written as a set of four."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from releasekit.errors import InputError
from releasekit.record.execute import KernelError
from releasekit.record.kernel import OwnKernelSpecs
from releasekit.record.make import NAMES, Record
from releasekit.record.resources import find
from tests.record.browser import watched
from tests.record.example import Example, example, notebook

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Example, Record, list[tuple[int, int, str]]]:
    root = tmp_path_factory.mktemp("made")
    shown = example(root)
    seen: list[tuple[int, int, str]] = []
    return shown, shown.record(on_cell=lambda *at: seen.append(at)), seen


def kernels_of(folder: Path) -> list[str]:
    """Processes that have this folder as their working directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(process.name)
        except OSError:
            continue
    return found


def test_four_files_stand_in_the_folder_beside_what_was_judged(made: tuple[Example, Record, object]) -> None:
    shown, done, _ = made
    assert done.paths == tuple(str(shown.folder / name) for name in NAMES)
    assert sorted(path.name for path in shown.folder.iterdir()) == sorted(("evidence", *NAMES))
    assert done.status == "open"
    assert kernels_of(shown.folder) == []


def test_progress_names_the_headings_in_their_order(made: tuple[Example, Record, list[tuple[int, int, str]]]) -> None:
    _, _, seen = made
    assert [at for at, _, _ in seen] == list(range(len(seen)))
    titles = list(dict.fromkeys(title for _, _, title in seen))
    assert titles[:3] == ["Release", "What is released", "What was found"]
    assert "The checklist" in titles


def test_the_kernel_bound_the_plan_and_brought_the_evidence(made: tuple[Example, Record, object]) -> None:
    shown, done, _ = made
    kinds = [event.kind for event in shown.run.store.events(shown.run.run_id)]
    assert kinds.count("plan.bound") == 1
    assert "evidence.added" in kinds
    assert kinds[-1] == "cells.finished"
    assert done.state.executing == ""


def test_the_markdown_has_the_62_items_with_their_evidence_and_no_html(made: tuple[Example, Record, object]) -> None:
    shown, _, _ = made
    text = (shown.folder / "release.md").read_text()
    assert text.startswith("# storefront 2.4.0 to production\n")
    assert len(re.findall(r"^- (\[[ x]\] |~~)", text, re.MULTILINE)) == 62
    assert "24 unit tests passed" in text  # evidence that came after the checklist was shown first
    assert "This run is open" in text
    assert not re.search(r"<(?:div|span|table|style|input)\b", text)
    assert "VBox" not in text


def test_the_headless_notebook_has_no_widget_and_papermills_own_metadata(made: tuple[Example, Record, object]) -> None:
    shown, done, _ = made
    node = nbformat.read(shown.folder / "release.ipynb", as_version=4)
    nbformat.validate(node)
    assert "widgets" not in node.metadata
    assert "application/vnd.jupyter.widget-view+json" not in json.dumps(node)
    assert node.metadata.papermill.parameters == {
        "run_id": done.state.run,
        "base": "../../../..",
        "interactive": False,
    }
    assert node.metadata.papermill.input_path == "release.ipynb"
    assert {cell.metadata.papermill.status for cell in node.cells} == {"completed"}
    assert node.metadata.releasekit.status == "open"
    assert len({cell.id for cell in node.cells}) == len(node.cells)


def test_no_file_names_a_place_on_this_machine_or_who_runs_it(made: tuple[Example, Record, object]) -> None:
    shown, _, _ = made
    for name in NAMES:
        text = (shown.folder / name).read_text()
        for place in (shown.base, ROOT, Path(sys.prefix), Path.home(), Path("/tmp/")):
            assert f"{place}/" not in text.replace("\\/", "/"), f"{place} in {name}"


def test_the_status_is_the_same_in_all_four(made: tuple[Example, Record, object]) -> None:
    shown, done, _ = made
    assert json.loads((shown.folder / "release.json").read_text())["status"] == "open"
    assert f"This run is open. Run {done.state.run}" in (shown.folder / "release.html").read_text()


def test_the_page_is_whole_with_the_network_off(made: tuple[Example, Record, object], chromium: Browser) -> None:
    shown, _, _ = made
    seen = watched(chromium)
    file = shown.folder / "release.html"
    seen.page.goto(file.as_uri())
    assert seen.requests == [file.as_uri()]
    assert seen.said == []
    assert seen.page.locator(".rk-item").count() == 62
    assert seen.page.title() == "storefront 2.4.0 to production"
    assert seen.page.locator("input:checked").count() == (shown.folder / "release.md").read_text().count("- [x] ")
    assert seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    seen.page.close()


def test_a_closed_run_is_written_again_without_its_repository_and_without_a_new_event(tmp_path: Path) -> None:
    shown = example(tmp_path)
    first = shown.record()
    shown.run.close("abandoned", "superseded")
    (tmp_path / "storefront").rename(tmp_path / "gone")
    (tmp_path / "ci").rename(tmp_path / "gone-too")
    size = shown.run.refresh().size
    again = shown.record()
    assert again.status == "abandoned"
    assert shown.run.refresh().size == size
    text = (shown.folder / "release.md").read_text()
    assert "This run is closed: abandoned" in text
    assert "24 unit tests passed" in text
    assert again.state.plan == first.state.plan


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import os; print('deploying', flush=True); os.kill(os.getpid(), 9)", "the kernel died at 'Part 2'"),
        ("raise ValueError('no such /etc/secret/place')", "'Part 2' failed: no such"),
    ],
    ids=["the kernel is killed", "a cell raises"],
)
def test_what_did_not_end_reads_interrupted_in_all_four(tmp_path: Path, code: str, why: str) -> None:
    shown = example(tmp_path)
    source = notebook(tmp_path / "cells.ipynb", "1 + 1", code, "'never'")
    done = shown.record(source)
    assert done.status == "interrupted"
    assert done.why.startswith(why)
    assert not done.stopped
    assert shown.run.refresh().executing == "Part 2"
    assert json.loads((shown.folder / "release.json").read_text())["status"] == "interrupted"
    assert "INTERRUPTED" in (shown.folder / "release.md").read_text()
    assert "INTERRUPTED" in (shown.folder / "release.html").read_text()
    node = nbformat.read(shown.folder / "release.ipynb", as_version=4)
    assert node.metadata.releasekit.status == "interrupted"
    assert node.metadata.papermill.exception is True
    assert [cell.metadata.papermill.status for cell in node.cells][-4:] == ["completed", "failed", "pending", "pending"]
    assert "/etc/secret" not in json.dumps(node.cells[-3].get("outputs"))
    assert kernels_of(shown.folder) == []


RECORDING = """
import sys; from pathlib import Path; from releasekit.run.store import open_store
from releasekit.run.run import Run; from releasekit.run.people import actor
from releasekit.record.make import record; from releasekit.record.place import Folder
store, out, run, folder, base, source = sys.argv[1:]
run = Run(open_store(store, Path(out)), run, actor({"RELEASEKIT_USER": "x"}))
done = record(run, Folder(Path(folder)), store=store, base=Path(base), source=Path(source),
              on_cell=lambda index, total, title: print(title, flush=True))
print(done.status, done.stopped, done.why, flush=True)
"""


def signalled_in_part_2(shown: Example, root: Path, number: signal.Signals) -> tuple[int, str]:
    """Record in a process of its own, which gets the signal in its second cell: its exit status, and what it said."""
    source = notebook(root / "cells.ipynb", "print('deploying', flush=True)", "import time; time.sleep(600)")
    given = [shown.store, shown.out, shown.run.run_id, shown.folder, shown.base, source]
    command = [sys.executable, "-c", RECORDING, *map(str, given)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "Part 2\n":
                break
        process.send_signal(number)
        said = process.stdout.read()
        return process.wait(), said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_person_who_stops_it_leaves_a_record_that_says_so_and_no_kernel(
    tmp_path: Path, number: signal.Signals
) -> None:
    shown = example(tmp_path)
    status, said = signalled_in_part_2(shown, tmp_path, number)
    assert status == 0
    assert said.endswith("interrupted True stopped by a person at 'Part 2'\n")
    assert json.loads((shown.folder / "release.json").read_text())["status"] == "interrupted"
    assert "INTERRUPTED" in (shown.folder / "release.html").read_text()
    assert kernels_of(shown.folder) == []


ENDING = """
import asyncio, os, sys, tempfile; from pathlib import Path
from jupyter_core.utils import ensure_event_loop
from releasekit.record import execute
with tempfile.TemporaryFile() as said, execute._kernel(Path(sys.argv[1]), os.environ, said) as manager:
    cut_off = asyncio.ensure_future(manager.shutdown_kernel(now=True), loop=ensure_event_loop())
"""


def test_a_kernel_is_ended_where_a_clean_up_that_was_cut_off_is_ending_it(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ENDING, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert kernels_of(tmp_path) == []


def test_a_record_that_is_killed_leaves_the_earlier_one_whole_and_the_log_says_where_it_was(tmp_path: Path) -> None:
    shown = example(tmp_path)
    earlier = {name: f"the earlier {name}" for name in NAMES}
    shown.folder.mkdir(parents=True)
    for name, text in earlier.items():
        (shown.folder / name).write_text(text)
    status, _ = signalled_in_part_2(shown, tmp_path, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert {path.name: path.read_text() for path in shown.folder.iterdir() if path.is_file()} == earlier
    assert shown.run.refresh().executing == "Part 2"
    while kernels_of(shown.folder):  # it sees within seconds that its parent is gone; the test's own time limit counts
        signal.sigtimedwait([], 0.1)


def test_a_folder_that_cannot_be_written_is_said_before_any_cell_runs(tmp_path: Path) -> None:
    shown = example(tmp_path)
    shown.folder.parent.mkdir(parents=True)
    shown.folder.write_text("in the way")
    with pytest.raises(InputError, match="the record cannot be written"):
        shown.record()
    assert shown.run.refresh().size == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a notebook"),
        ("{}", "not a notebook"),
        ("[1, 2]", "not a notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}', "not a notebook"),
        (
            (
                '{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"language_info": {"name": "R"},'
                ' "kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}}'
            ),
            "for R, not for Python",
        ),
    ],
)
def test_a_notebook_that_is_none_is_one_message_and_nothing_is_written(tmp_path: Path, text: str, said: str) -> None:
    shown = example(tmp_path)
    source = tmp_path / "none.ipynb"
    source.write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        shown.record(source)
    assert caught.value.problems[0].where == str(source)
    assert list(shown.folder.iterdir()) == []


def test_a_kernel_that_does_not_start_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = example(tmp_path)
    spec = OwnKernelSpecs().get_kernel_spec("python3")
    spec.argv = [sys.executable, "-c", "raise SystemExit('No module named ipykernel')", "{connection_file}"]
    monkeypatch.setattr(OwnKernelSpecs, "get_kernel_spec", lambda self, name: spec)
    with pytest.raises(KernelError, match="No module named ipykernel"):
        shown.record()


def test_nothing_is_imported_from_the_folder_of_the_record_and_no_other_kernel_is_taken(tmp_path: Path) -> None:
    shown = example(tmp_path)
    shown.folder.mkdir(parents=True)
    (shown.folder / "yaml.py").write_text("raise SystemExit('imported')")
    spec = Path.home() / ".local" / "share" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    try:
        (spec / "kernel.json").write_text(
            json.dumps({"argv": ["/bin/false", "{connection_file}"], "display_name": "Python 3", "language": "python"})
        )
        cell = (
            "import yaml, os, sys; print(os.getcwd() == os.path.dirname(os.path.realpath('yaml.py')), sys.executable)"
        )
        shown.record(notebook(tmp_path / "cells.ipynb", cell))
    finally:
        (spec / "kernel.json").unlink()
        spec.rmdir()
    node = nbformat.read(shown.folder / "release.ipynb", as_version=4)
    assert node.cells[-1].outputs[0].text == f"True {sys.executable}\n"


def test_what_only_asks_and_shows_is_one_place_in_the_log_and_each_place_of_others_its_own(tmp_path: Path) -> None:
    shown = example(tmp_path)
    shown.record()
    events = shown.run.store.events(shown.run.run_id)
    assert [event.data["cell"] for event in events if event.kind == "cells.started"] == ["Release"]
    theirs = nbformat.read(find("notebooks/release.ipynb"), as_version=4)
    last = len(theirs.cells) - 2
    theirs.cells[last:last] = [
        nbformat.v4.new_markdown_cell("## Deploy"),
        nbformat.v4.new_code_cell("print('deployed')"),
        nbformat.v4.new_code_cell("print('looked at')"),
    ]
    nbformat.write(theirs, tmp_path / "theirs.ipynb")
    shown.record(tmp_path / "theirs.ipynb")
    added = shown.run.store.events(shown.run.run_id)[len(events) :]
    assert [event.data["cell"] for event in added if event.kind == "cells.started"] == [
        "Release",
        "Deploy",
        "Every fact, with the line that says it",
    ]
    assert added[-1].kind == "cells.finished"
