"""A demo laid out and run once for all tests of a worker, and commands as a person types them."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from releasekit.demo.layout import Layout, lay_out, write_parameters
from releasekit.record.resources import find


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status and both streams."""

    status: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture(scope="session")
def releasekit() -> Command:
    """``releasekit("facts", folder, cwd=..., **environment)`` in a process of its own."""

    def run(*arguments: object, cwd: Path | None = None, **environment: str) -> Ended:
        command = [sys.executable, "-m", "releasekit", *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@dataclass(frozen=True, slots=True)
class Demo:
    """The example service, its parameter file, and where its records are."""

    layout: Layout
    parameters: Path
    out: Path


def make_demo(folder: Path) -> Demo:
    """Lay the example out in ``folder``; nothing is run."""
    layout = lay_out(folder / "demo")
    return Demo(layout, write_parameters(layout, find("parameters")), folder / "reports")


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """The example service, laid out for one test."""
    return make_demo(tmp_path)


@dataclass(frozen=True, slots=True)
class Released:
    """The example service after one headless run."""

    demo: Demo
    ended: Ended
    folder: Path


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory, releasekit: Command) -> Released:
    """The example service, released once in a worker; tests only look at it."""
    made = make_demo(tmp_path_factory.mktemp("released"))
    ended = releasekit("run", made.parameters, "--out", made.out, "--gate", "machine")
    (folder,) = made.out.glob("storefront/2.4.0/*")
    return Released(made, ended, folder)
