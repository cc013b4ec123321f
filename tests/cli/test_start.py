import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

HEAVY = {"pandas", "ipywidgets", "papermill", "nbconvert"}


def imported(*arguments: str) -> set[str]:
    command = [sys.executable, "-X", "importtime", "-m", "releasekit", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_help_imports_no_heavy_library() -> None:
    assert not imported("--help") & (HEAVY | {"sqlalchemy"})


def test_facts_imports_no_notebook_and_no_table(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.13\nEXPOSE 80\n", encoding="utf-8")
    assert not imported("facts", str(tmp_path)) & HEAVY


@pytest.mark.parametrize(
    "verb", ["init", "facts", "checklist", "schema", "probes", "run", "open", "close", "demo", "runs", "show", "log"]
)
def test_every_verb_shows_an_example(verb: str, releasekit: Command) -> None:
    ended = releasekit(verb, "--help")
    assert ended.status == 0
    assert f"Example: releasekit {verb}" in ended.out


def test_no_command_prints_colours_into_a_pipe(releasekit: Command) -> None:
    assert "\x1b" not in releasekit("probes").out + releasekit("frobnicate").err
