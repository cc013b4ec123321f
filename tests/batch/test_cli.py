"""The command as a person types it: exit status, streams, what run and batch write."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.batch.services import command, short, write_service, write_services


def batch(root: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*arguments), cwd=root, capture_output=True, text=True, check=False)


def test_the_exit_status_is_that_of_the_worst(tmp_path: Path) -> None:
    write_services(tmp_path, 2)
    write_service(tmp_path / "many", "nowhere", repository="../not-there")
    source = short(tmp_path)
    all_of_them = batch(tmp_path, "many", "--notebook", source)
    assert all_of_them.returncode == 2
    assert "nowhere 1.0.0: " in all_of_them.stderr
    assert "3 services: 1 no record, 2 blocked by evidence." in all_of_them.stdout
    good = ["many/service-000.yaml", "many/service-001.yaml", "--notebook", source, "--resume"]
    assert batch(tmp_path, *good).returncode == 0
    assert batch(tmp_path, *good, "--gate", "machine").returncode == 3
    assert batch(tmp_path, *good, "--gate", "all").returncode == 3


def test_one_release_in_two_files_is_a_line_for_each_and_the_others_are_done(tmp_path: Path) -> None:
    many = write_services(tmp_path, 2)
    (many / "twin.yaml").write_text((many / "service-000.yaml").read_text())
    done = batch(tmp_path, "many", "--notebook", short(tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("stands in many/service-000.yaml and many/twin.yaml; leave all of them out but one") == 2
    rows = {row["file"]: row for row in json.loads((tmp_path / "reports" / "board.json").read_text())["services"]}
    assert {file: (row["verdict"], row["status"]) for file, row in rows.items()} == {
        "many/service-000.yaml": ("no record", "failed"),
        "many/twin.yaml": ("no record", "failed"),
        "many/service-001.yaml": ("blocked by evidence", "open"),
    }
    assert [path.name for path in (tmp_path / "reports").iterdir() if path.is_dir()] == ["service-001"]


@pytest.mark.parametrize("arguments", [["nothing.yaml"], ["many", "many2"], ["many", "--out", "many/service-000.yaml"]])
def test_bad_input_is_one_message_and_starts_nothing(tmp_path: Path, arguments: list[str]) -> None:
    write_services(tmp_path, 1)
    write_service(tmp_path / "many2", "service-000")
    done = batch(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "reports" / "board.html").exists()
