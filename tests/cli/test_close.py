"""After a close the record says how the run ended, in all four files, as the log does."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from releasekit.run.events import Actor
from releasekit.run.run import Run
from releasekit.run.store import open_store
from tests.cli.conftest import Command, Demo, Released

OUTCOMES = {
    "deployed": "This run is closed: deployed",
    "rolled-back": "This run is closed: rolled back",
    "abandoned": "This run is closed: abandoned",
    "interrupted": "INTERRUPTED: this run was closed before it came to its end",
}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.fixture
def out(released: Released, tmp_path: Path) -> Path:
    """The released example with its store, for one test to go on with; its repository and reports are not there."""
    return Path(shutil.copytree(released.demo.out, tmp_path / "reports"))


def folder_in(out: Path) -> Path:
    (folder,) = out.glob("storefront/2.4.0/*")
    return folder


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_all_four_files_say_the_outcome_and_nothing_is_added_to_the_log(
    outcome: str, out: Path, releasekit: Command
) -> None:
    folder = folder_in(out)
    run = folder.name
    if outcome == "rolled-back":
        for act in (("enter", run, "deploy", "--override", "a drill"), ("rollback", run, "--reason", "errors")):
            assert releasekit(*act, "--out", out).status == 0
    ended = releasekit("close", run, "--outcome", outcome, "--reason", "as agreed", "--out", out)
    assert (ended.status, ended.err) == (0, "")
    data = json.loads(text(folder / "release.json"))
    assert (data["status"], data["outcome"]) == (outcome, outcome)
    mark = nbformat.read(folder / "release.ipynb", as_version=4).metadata.releasekit
    assert (mark.status, mark.closed) == (outcome, True)
    for name in ("release.md", "release.html"):
        said = text(folder / name)
        assert OUTCOMES[outcome] in said, name
        assert "as agreed" in said, name
        assert "This run is open" not in said, name
    last = json.loads(releasekit("log", run, "--out", out, "--format", "json").out.splitlines()[-1])
    assert last["kind"] == "run.closed"
    assert (data["events"]["size"], mark.events) == (last["seq"], last["seq"])
    assert "24 unit tests passed" in text(folder / "release.md")  # from the log: the report is not there


def test_the_record_is_printed_where_there_is_a_chromium_and_a_sentence_says_where_not(
    out: Path, releasekit: Command, require: Callable[[str], Path], tmp_path: Path
) -> None:
    require("chromium")
    folder = folder_in(out)
    bare = tmp_path / "bin"
    bare.mkdir()
    without = releasekit("close", folder.name, "--outcome", "deployed", "--out", out, PATH=str(bare))
    assert (without.status, without.err) == (0, "")
    assert "there is no PDF: it needs Chromium, and none is on PATH" in without.out
    assert not (folder / "release.pdf").exists()
    ended = releasekit("close", folder.name, "--outcome", "deployed", "--out", out)
    assert ended.status == 0, ended.err
    assert f"wrote {folder / 'release.pdf'}" in ended.out
    assert (folder / "release.pdf").read_bytes().startswith(b"%PDF-")


def test_a_close_whose_record_fails_stands_and_one_message_says_so_and_how_to_go_on(
    out: Path, releasekit: Command
) -> None:
    folder = folder_in(out)
    before = text(folder / "release.md")
    (folder / "release.html").unlink()
    (folder / "release.html").mkdir()
    ended = releasekit("close", folder.name, "--outcome", "abandoned", "--out", out)
    assert ended.status == 2
    assert "is closed, but its record does not show it yet" in ended.err
    assert text(folder / "release.md") == before
    (folder / "release.html").rmdir()
    again = releasekit("close", folder.name, "--outcome", "abandoned", "--out", out)
    assert again.status == 0, again.err
    assert OUTCOMES["abandoned"] in text(folder / "release.html")
    other = releasekit("close", folder.name, "--outcome", "deployed", "--out", out)
    assert other.status == 2
    assert "is closed (abandoned)" in other.err


def test_a_notebook_with_cells_of_the_operators_own_stays_beside_the_record(out: Path, releasekit: Command) -> None:
    folder = folder_in(out)
    book = nbformat.read(folder / "release.ipynb", as_version=4)
    book.cells.append(nbformat.v4.new_code_cell("1 + 1", outputs=[nbformat.v4.new_output("stream", text="2")]))
    nbformat.write(book, folder / "release.ipynb")
    operated = text(folder / "release.ipynb")
    assert releasekit("close", folder.name, "--outcome", "deployed", "--out", out).status == 0
    assert text(folder / "operated.ipynb") == operated
    assert "1 + 1" not in text(folder / "release.ipynb")


def test_without_such_cells_there_is_nothing_to_keep(out: Path, releasekit: Command) -> None:
    folder = folder_in(out)
    assert releasekit("close", folder.name, "--outcome", "deployed", "--out", out).status == 0
    assert not (folder / "operated.ipynb").exists()


def test_the_record_of_a_run_that_another_follows_says_that_it_ended(demo: Demo, releasekit: Command) -> None:
    assert releasekit("run", demo.parameters, "--out", demo.out).status == 0
    first = folder_in(demo.out)
    said = text(demo.parameters)
    demo.parameters.write_text(said.replace("level: B", "level: A"), encoding="utf-8")
    assert releasekit("run", demo.parameters, "--out", demo.out).status == 0
    assert OUTCOMES["abandoned"] in text(first / "release.md")
    assert json.loads(text(first / "release.json"))["outcome"] == "abandoned"


def cut_off_at(out: Path, place: str) -> str:
    """Somebody's execution of the example that was killed there; the run's id."""
    folder = folder_in(out)
    Run(open_store(None, out), folder.name, Actor("lena")).started(place)
    return folder.name


def test_a_killed_run_reads_interrupted_wherever_it_is_listed(out: Path, releasekit: Command) -> None:
    assert "open" in releasekit("runs", "--out", out).out
    run = cut_off_at(out, "Deploy")
    (line,) = json.loads(releasekit("runs", "--out", out, "--format", "json").out)
    assert (line["run"], line["status"]) == (run, "interrupted")
    assert "interrupted" in releasekit("runs", "--out", out).out
    assert "production: interrupted at 'Deploy', phase prepare" in releasekit("show", run, "--out", out).out
    assert json.loads(releasekit("show", run, "--out", out, "--format", "json").out)["status"] == "interrupted"


def test_what_was_interrupted_is_seen_for_ever_in_a_run_that_was_closed_as_deployed(
    out: Path, releasekit: Command
) -> None:
    run = cut_off_at(out, "Deploy")
    refused = releasekit("close", run, "--outcome", "deployed", "--out", out)
    assert (refused.status, "interrupted at 'Deploy'" in refused.err, "--reason" in refused.err) == (2, True, True)
    closed = releasekit("close", run, "--outcome", "deployed", "--reason", "looked at by hand", "--out", out)
    assert (closed.status, closed.err) == (0, "")
    folder = folder_in(out)
    said = "An execution of the notebook was interrupted: it was at “Deploy” since"
    for name in ("release.md", "release.html"):
        assert said in text(folder / name), name
        assert "“Deploy” of the notebook began and never ended" in text(folder / name), name
    data = json.loads(text(folder / "release.json"))
    assert [one["cell"] for one in data["interruptions"]] == ["Deploy"]
    mark = nbformat.read(folder / "release.ipynb", as_version=4).metadata.releasekit
    assert [one.startswith(said) for one in mark.interruptions] == [True]
    assert said in releasekit("show", run, "--out", out).out
