"""Backups: dump files by age, size and whether they are whole; pgBackRest's report. Judges and restores nothing."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, load, shaped

CUSTOM = b"PGDMP"
PLAIN = b"-- PostgreSQL database dump"
DONE = b"-- PostgreSQL database dump complete"
SECONDS = 20
# what is read of a report; a dump may be of any size, and only its two ends are looked at
REPORT = 4 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: when it was finished, its size in bytes, and why it is not whole ("" when it is).

    ``looked_into`` is False when nothing here can tell whether it is whole.
    """

    name: str
    finished: datetime
    size: int
    broken: str = ""
    looked_into: bool = True


def dump(path: Path, name: str) -> Backup:
    """A file: PostgreSQL's custom and plain dumps are looked into, of any other only age and size are known."""
    try:
        status = path.stat()
        with path.open("rb") as file:
            head = file.read(64)
            file.seek(max(status.st_size - 4096, 0))
            tail = file.read()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", name, "check the file's permissions") from None
    finished = datetime.fromtimestamp(status.st_mtime, UTC)
    if not status.st_size:
        return Backup(name, finished, 0, "it is empty")
    if head.startswith(CUSTOM):
        return _custom(path, name, finished, status.st_size)
    if PLAIN in head:
        broken = "" if DONE in tail else "it was cut off: its last line is missing"
        return Backup(name, finished, status.st_size, broken)
    return Backup(name, finished, status.st_size, looked_into=False)


def _custom(path: Path, name: str, finished: datetime, size: int) -> Backup:
    """`pg_restore --list` reads the contents of a dump and connects to nothing."""
    program = shutil.which("pg_restore")
    if program is None:
        return Backup(name, finished, size, looked_into=False)
    try:
        done = subprocess.run(
            [program, "--list", str(path)], capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return Backup(name, finished, size, looked_into=False)
    if done.returncode == 0:
        return Backup(name, finished, size)
    why = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no reason given"]
    if "unsupported version" in why[0]:  # made by a newer pg_dump than this pg_restore
        return Backup(name, finished, size, looked_into=False)
    return Backup(name, finished, size, f"pg_restore cannot read it: {why[0][:200]}")


class _Status(Loose):
    code: int
    message: str = ""


class _Timestamp(Loose):
    stop: int


class _Info(Loose):
    size: int = 0


class _Set(Loose):
    label: str
    error: bool | None = None
    timestamp: _Timestamp
    info: _Info = Field(default_factory=_Info)


class _Stanza(Loose):
    name: str
    status: _Status
    backup: list[_Set] = Field(default_factory=list)


class _Report(Loose):
    stanzas: list[_Stanza]


def pgbackrest(raw: bytes, name: str) -> tuple[Backup, ...]:
    """The newest backup of each stanza of ``pgbackrest info --output=json``. Raises SourceError for anything else."""
    data = load(raw, name)
    if not isinstance(data, list) or not data:
        raise SourceError("no report of pgBackRest", name, "write it: pgbackrest info --output=json")
    found = []
    for stanza in shaped(_Report, {"stanzas": data}, name, "a report of pgBackRest").stanzas:
        if not stanza.backup:
            raise SourceError(f"{stanza.name} has no backup: {stanza.status.message}", name, "make one")
        newest = max(stanza.backup, key=lambda one: one.timestamp.stop)
        if not 0 < newest.timestamp.stop < 32_503_680_000:
            raise SourceError(f"{stanza.name} has a backup without a time", name, "look at it by hand")
        broken = "" if stanza.status.code == 0 else f"its status is {stanza.status.message or stanza.status.code}"
        broken = "pgBackRest found errors in it" if newest.error else broken
        finished = datetime.fromtimestamp(newest.timestamp.stop, UTC)
        found.append(Backup(f"{stanza.name} {newest.label}", finished, newest.info.size, broken))
    return tuple(found)
