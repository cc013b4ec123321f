"""Small services for a batch: one folder of source, many parameter files, notebooks that do little."""

import os
import subprocess
import sys
from pathlib import Path

from releasekit.document.board import Row
from releasekit.record.resources import find
from releasekit.run.store import Store, open_store
from tests.record.example import notebook

MARK = "RELEASEKIT_TEST_OF_A_BATCH"
PARAMETERS = """application:
  name: {name}
  repository: {repository}
  version: "1.0.0"
configuration:
  environment: {environment}
  level: C
"""
SHORT = (
    "from releasekit.views import walkthrough\nrelease = walkthrough.open(run_id=run_id, base=base, interactive=False)",
    "release.card()",
    "release.result()",
)


def write_service(folder: Path, name: str, environment: str = "production", repository: str = "../source") -> Path:
    """One parameter file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(PARAMETERS.format(name=name, environment=environment, repository=repository))
    return file


def write_services(root: Path, number: int) -> Path:
    """The folder of so many parameter files; they share ``root``/source."""
    source = root / "source"
    source.mkdir(parents=True, exist_ok=True)
    (source / "Dockerfile").write_text("FROM python:3.13-slim\nCMD python -m app\nEXPOSE 8080\n")
    for one in range(number):
        write_service(root / "many", f"service-{one:03}")
    return root / "many"


def short(root: Path, *cells: str) -> Path:
    """A notebook that binds the plan and shows little, then does these cells."""
    return notebook(root / "short.ipynb", *SHORT, *cells)


def shipped() -> Path:
    """The notebook that comes with releasekit."""
    return find("notebooks/release.ipynb")


def command(*arguments: object) -> list[str]:
    """The command line of a batch."""
    return [sys.executable, "-m", "releasekit", "batch", *map(str, arguments)]


def begun(root: Path, mark: str, *arguments: object) -> "subprocess.Popen[str]":
    """A batch in a process of its own, in a session of its own, so that signals reach it alone."""
    return subprocess.Popen(
        command(*arguments),
        cwd=root,
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def marked(mark: str) -> list[int]:
    """The processes that a batch with this mark is or started, however they are called now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environ = (folder / "environ").read_bytes()
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environ.split(b"\0"):
            found.append(int(folder.name))
    return found


def store_of(out: Path) -> Store:
    """The store of an output folder."""
    return open_store(None, out)


class Silent:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.begun: list[str] = []

    def doing(self, service: str, what: str) -> None:
        self.begun.append(f"{service}: {what}")

    def done(self, row: Row) -> None:
        self.rows.append(row)
