import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Demo, Released


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_with_all_reports_there_the_machine_gate_is_go(released: Released) -> None:
    assert (released.ended.status, released.ended.err) == (0, "")
    assert "status: open; machine: go" in released.ended.out


def test_a_record_has_four_whole_files_and_beside_them_what_was_judged(released: Released) -> None:
    names = {path.name for path in released.folder.iterdir()}
    assert names == {"release.ipynb", "release.md", "release.html", "release.json", "evidence"}
    assert json.loads(text(released.folder / "release.ipynb"))["nbformat"] == 4
    assert json.loads(text(released.folder / "release.json"))["status"] == "open"


def test_each_report_that_was_judged_is_kept_under_the_digest_of_its_evidence(released: Released) -> None:
    folder = released.folder / "evidence"
    index = json.loads(text(folder / "index.json"))
    assert {path.name for path in folder.iterdir()} == {"index.json", *(line["file"] for line in index["files"])}
    reports = released.demo.layout.repository.parent / "ci"
    kept = {line["source"].rpartition("/")[2]: line for line in index["files"]}
    assert {"unit-tests.xml", "security.sarif", "settings.txt"} <= kept.keys()
    for name, line in kept.items():
        assert line["sha256"] == sha256((reports / name).read_bytes()).hexdigest(), name
        assert sha256((folder / line["file"]).read_bytes()).hexdigest() == line["kept_sha256"], name
        assert line["judged"], name


def test_a_record_names_no_place_of_this_machine_and_has_no_widget(released: Released) -> None:
    for path in (path for path in released.folder.rglob("*") if path.is_file()):
        assert str(released.demo.out.parent) not in text(path), path.name
        assert "/tmp/" not in text(path), path.name
        assert "application/vnd.jupyter.widget" not in text(path), path.name


def test_the_checklist_has_the_seeds_62_items_in_the_seeds_order(released: Released) -> None:
    seed = [
        line
        for line in text(Path(__file__).parents[1] / "checklist" / "seed.md").splitlines()
        if line.startswith("- [ ]")
    ]
    assert len(seed) == 62
    words = [line.removeprefix("- [ ] ").partition("**:")[0] for line in seed]
    shown = [line for line in text(released.folder / "release.md").splitlines() if line.startswith(("- [", "- ~~"))]
    assert len(shown) == 62
    for word, line in zip(words, shown, strict=True):
        assert word in line.replace("\\", ""), line


def edited(demo: Demo, old: str, new: str) -> None:
    before = text(demo.parameters)
    assert old in before
    demo.parameters.write_text(before.replace(old, new), encoding="utf-8")


def test_one_failing_test_is_no_go(demo: Demo, releasekit: Command) -> None:
    report = demo.layout.repository.parent / "ci" / "unit-tests.xml"
    report.write_text(_with_failure(text(report)), encoding="utf-8")
    ended = releasekit("run", demo.parameters, "--out", demo.out, "--gate", "machine")
    assert ended.status == 1, ended.err
    assert "blocked by evidence" in ended.out


def _with_failure(report: str) -> str:
    start = report.index("<testcase")
    end = report.index(">", start)
    case = report[start:end].rstrip("/")
    return report[:start] + case + '><failure message="no"/></testcase>' + report[start:]


def test_a_removed_report_cannot_tell_and_all_waits_for_people(demo: Demo, releasekit: Command) -> None:
    (demo.layout.repository.parent / "ci" / "unit-tests.xml").unlink()
    ended = releasekit("run", demo.parameters, "--out", demo.out, "--gate", "machine")
    assert ended.status == 3, ended.err
    again = releasekit("run", demo.parameters, "--out", demo.out, "--gate", "all")
    assert again.status in {1, 3}
    assert "resumed" in again.out


def test_a_person_ticks_from_the_command_line_and_a_closed_run_refuses(
    released: Released, releasekit: Command, tmp_path: Path
) -> None:
    out = tmp_path / "reports"
    shutil.copytree(released.demo.out, out)
    run = released.folder.name
    listed = json.loads(releasekit("show", run, "--out", out, "--format", "json").out)
    item = next(one["id"] for one in listed["items"] if "acceptance" in one["id"])
    ticked = releasekit("check", run[-8:], item, "--note", "by the shop team", "--out", out, RELEASEKIT_USER="amara")
    assert ticked.status == 0, ticked.err
    assert "by amara" in ticked.out
    assert releasekit("check", run, item, "--out", out).status == 2
    closed = releasekit("close", run, "--outcome", "abandoned", "--out", out)
    assert closed.status == 0, closed.err
    refused = releasekit("uncheck", run, item, "--out", out)
    assert refused.status == 2
    assert "is closed (abandoned)" in refused.err
    assert "amara" in releasekit("log", run, "--out", out).out


def test_an_edited_parameter_file_starts_a_successor_and_says_what_changed(demo: Demo, releasekit: Command) -> None:
    first = releasekit("run", demo.parameters, "--out", demo.out)
    edited(demo, "level: B", "level: A")
    second = releasekit("run", demo.parameters, "--out", demo.out)
    assert (first.status, second.status) == (0, 0), second.err
    assert "it follows" in second.out
    assert "configuration.level is A, was B" in second.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("runs",), "there are no runs yet"),
        (("show", "nothing"), "there are no runs yet"),
    ],
)
def test_commands_about_runs_say_that_there_are_none(
    arguments: tuple[str, ...], says: str, releasekit: Command, tmp_path: Path
) -> None:
    ended = releasekit(*arguments, cwd=tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert says in ended.err
    assert list(tmp_path.iterdir()) == []
