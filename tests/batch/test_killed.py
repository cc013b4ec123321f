"""P9: a batch that is killed leaves no process, starts nothing more, and is finished by --resume."""

import json
import os
import random
import select as waiting
import signal
import subprocess
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest

from releasekit.run.events import Event
from tests.archive.seaweedfs import S3, real_time
from tests.batch.services import begun, command, marked, short, store_of, write_services
from tests.counts import count

SECONDS = 10.0  # after a kill nothing may be left


def left(mark: str) -> list[str]:
    """The processes with this mark that still run SECONDS later, each with its state and its command."""
    until = monotonic() + SECONDS
    for pid in marked(mark):
        try:
            ended = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        waiting.select([ended], [], [], max(0.0, until - monotonic()))
        os.close(ended)
    return [seen for pid in marked(mark) if (seen := described(pid))]


def described(pid: int) -> str:
    """A process as a person would look for it; "" when it has just ended."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
    return f"{pid} of {parent}, {state}: {command_line}"


def all_events(out: Path) -> dict[str, list[Event]]:
    store = store_of(out)
    return {line.run: store.events(line.run) for line in store.runs()} if (out / "releases.db").exists() else {}


def wait_for_event(process: "subprocess.Popen[str]", out: Path, seen: int) -> None:
    """Until the log has more than so many events, or the batch has ended."""
    ended = os.pidfd_open(process.pid)
    try:
        while sum(map(len, all_events(out).values())) <= seen and not waiting.select([ended], [], [], 0.02)[0]:
            continue
    finally:
        os.close(ended)


def in_folder(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by their paths, without the store of runs."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("releases.db")}


@pytest.mark.parametrize("kind", ["folder", pytest.param("bucket", marks=real_time)])
def test_a_killed_batch_leaves_nothing_and_is_finished_by_resuming(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, kills, services = random.Random(7), count("batch.kills"), count("batch.services")
    many, out, source = write_services(tmp_path, services), tmp_path / "out", short(tmp_path)
    monkeypatch.setenv("RELEASEKIT_STORE", f"sqlite:///{out / 'releases.db'}")
    s3: S3 | None = request.getfixturevalue("s3") if kind == "bucket" else None
    to = s3.bucket("killed") if s3 else out
    arguments = [many, "--out", to, "--resume", "--notebook", source, "--workers", 3]
    for turn in range(kills):
        mark = uuid4().hex
        before = sum(map(len, all_events(out).values()))
        with begun(tmp_path, mark, *arguments) as batch:
            wait_for_event(batch, out, before + chance.randrange(12))
            ended = os.pidfd_open(batch.pid)
            waiting.select([ended], [], [], chance.random())  # at any moment, not only where an event was written
            os.close(ended)
            batch.kill()
        assert left(mark) == [], f"after kill {turn} at {before} events"
    known = {run: len(events) for run, events in all_events(out).items()}
    assert {run: len(events) for run, events in all_events(out).items()} == known
    done = subprocess.run(command(*arguments), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = store_of(out).runs()
    assert len(lines) == services == len({line.service for line in lines})
    files = s3.objects("killed") if s3 else in_folder(out)
    for line in lines:
        record = f"{line.service}/{line.version}/{line.run}/release"
        assert json.loads(files[f"{record}.json"])["status"] == "open"
        assert {name for name in files if name.startswith(f"{line.service}/")} == {
            f"{record}.{end}" for end in ("html", "ipynb", "json", "md")
        }
        assert any(event.kind == "cells.finished" for event in store_of(out).events(line.run))
    assert json.loads(files["board.json"])["counts"]["blocked by evidence"] == services


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_batch_that_is_stopped_writes_its_board_and_ends(tmp_path: Path, number: signal.Signals) -> None:
    many, out, mark = write_services(tmp_path, 4), tmp_path / "out", uuid4().hex
    endless = short(tmp_path, "while True: pass")
    with begun(tmp_path, mark, many, "--out", out, "--notebook", endless, "--workers", 2) as batch:
        wait_for_event(batch, out, 8)
        batch.send_signal(number)
        said, _ = batch.communicate(timeout=120)
    assert batch.returncode == 130, said
    assert left(mark) == []
    board = json.loads((out / "board.json").read_text())
    assert len(board["services"]) == 4
    assert {row["verdict"] for row in board["services"]} == {"no record"}
    assert sum("not started" in row["problem"] for row in board["services"]) >= 2
