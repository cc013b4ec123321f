"""A PostgreSQL server of Debian's packages on a free port, in a folder of its own; ended with the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest


@pytest.fixture(scope="session")
def postgresql(require: Callable[[str], Path]) -> Iterator["Server"]:
    """A server whose databases are the tests' own."""
    with running(require("initdb").parent) as server:
        yield server


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; everybody on this machine may connect as anybody (`trust`), as tests need several users."""

    port: int
    data: Path
    programs: Path

    def url(self, database: str, user: str = "postgres") -> str:
        """The address of a database for releasekit."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres", user: str = "postgres") -> str:
        """What psql answers to a statement."""
        command = ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port)]
        command += ["-U", user, "-d", database, "-c", statement]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def new_database(self) -> str:
        """An empty database's name."""
        name = f"t{uuid4().hex[:12]}"
        self.sql(f"CREATE DATABASE {name}")
        return name


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_its_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package makes a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@contextmanager
def running(programs: Path, **settings: str) -> Iterator[Server]:
    """A server until the block ends. fsync stays on: what is tested is durability."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(_as_its_user(initdb), check=True, capture_output=True, timeout=120, cwd="/")
    port = free_port()
    options = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)} | settings
    started = " ".join(f"-c {name}={value}" for name, value in options.items())
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "60"]
    log = str(folder / "log")
    subprocess.run(
        _as_its_user([*control, "-l", log, "-o", started, "start"]),
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=120,
        cwd="/",
    )
    try:
        yield Server(port, data, programs)
    finally:
        subprocess.run(
            _as_its_user([*control, "-m", "immediate", "stop"]),
            check=False,
            stdout=subprocess.DEVNULL,
            timeout=120,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)
