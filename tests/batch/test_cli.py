"""The command as a person types it: exit status, streams, what run and batch write."""

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


@pytest.mark.parametrize("arguments", [["nothing.yaml"], ["many", "many2"], ["many", "--out", "many/service-000.yaml"]])
def test_bad_input_is_one_message_and_starts_nothing(tmp_path: Path, arguments: list[str]) -> None:
    write_services(tmp_path, 1)
    write_service(tmp_path / "many2", "service-000")
    done = batch(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "reports" / "board.html").exists()
