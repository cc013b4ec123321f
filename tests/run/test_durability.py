"""Promises P1, P2, P4 and P8: nothing acknowledged is lost, whoever is killed, and of two answers one wins."""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from releasekit.errors import StoreError
from releasekit.run.events import Event
from releasekit.run.store import Store, open_store
from tests.counts import count, proving
from tests.run.postgresql import Server, running
from tests.run.samples import ALICE
from tests.run.test_store import opened

ROOT = Path(__file__).parents[2]


def program(mode: str, address: str, run: str, number: int) -> list[str]:
    seed = random.randrange(2**32) if proving() else 7
    return [sys.executable, "-m", "tests.run.writers", mode, address, run, str(seed), str(number)]


def write(mode: str, address: str, run: str, number: int) -> list[str]:
    done = subprocess.run(program(mode, address, run, number), cwd=ROOT, check=True, stdout=subprocess.PIPE)
    said: list[str] = json.loads(done.stdout)
    return said


def whole(store: Store, run: str) -> list[Event]:
    """The events, after the chain was verified to its recorded end."""
    events = store.events(run)
    assert [event.seq for event in events] == list(range(1, store.line(run).size + 1))
    return events


def test_what_killed_writers_were_told_is_in_the_log(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    kills = count("store.kills") if address.startswith("sqlite") else count("store.kills.postgresql")
    told = write("kill", address, run, kills)
    kept = {f"{event.seq} {event.id}" for event in whole(store, run)}
    assert told
    assert set(told) <= kept
    if address.startswith("sqlite"):
        with sqlite3.connect(address.removeprefix("sqlite:///")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


def test_what_writers_were_told_survives_a_crash_of_the_server(require: Callable[[str], Path], tmp_path: Path) -> None:
    with running(require("initdb").parent) as server:
        address = server.url(server.new_database())
        store = open_store(address, tmp_path)
        run = opened(store)
        told: list[str] = []
        for _ in range(count("store.crashes")):
            before = store.line(run).size
            with subprocess.Popen(program("kill", address, run, 8), cwd=ROOT, stdout=subprocess.PIPE) as writers:
                while store.line(run).size == before and writers.poll() is None:
                    pass
                _crash(server)
                told += json.loads(writers.communicate()[0])
        kept = {f"{event.seq} {event.id}" for event in whole(open_store(address, tmp_path), run)}
        store.close()
        assert told
        assert set(told) <= kept


def _crash(server: Server) -> None:
    """Kill a writer's backend with -9: the server then drops everybody and recovers from its log."""
    pid = server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'releasekit' LIMIT 1")
    if pid:
        os.kill(int(pid), 9)


def test_of_four_who_tick_one_item_one_wins_and_the_others_are_told_who(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    rounds = count("store.races")
    said = [line.split(" ", 3) for line in write("race", address, run, rounds)]
    for number in range(rounds):
        results = {name: (result, why) for of, name, result, *why in said if of == str(number)}
        winners = [name for name, (result, _) in results.items() if result == "won"]
        assert (len(results), len(winners)) == (4, 1)
        for result, why in results.values():
            assert result == "won" or why[0].startswith(f"{winners[0]} was first: item.ticked of item.r{number} at 20")
    assert len(whole(store, run)) == 1 + rounds


def test_sixteen_writers_lose_nothing_to_each_other(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    items = count("store.items")
    assert write("many", address, run, items) == ["won"] * (16 * items)
    events = whole(store, run)
    assert len(events) == 1 + 16 * items
    assert len({event.item for event in events[1:]}) == 16 * items


@pytest.mark.parametrize(("mode", "waits"), [("ack", True), ("careless", False)])
def test_an_acknowledgement_comes_after_the_disk_has_it(
    mode: str, waits: bool, require: Callable[[str], Path], tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'releases.db'}"
    run = opened(open_store(address, tmp_path))
    trace, number = tmp_path / "trace", count("store.acks")
    calls = "trace=write,pwrite64,fsync,fdatasync,unlink,unlinkat,ftruncate"
    strace = [str(require("strace")), "-f", "-y", "-e", calls, "-o", str(trace), *program(mode, address, run, number)]
    subprocess.run(strace, cwd=ROOT, check=True, capture_output=True)
    acks, early = _acknowledged(trace.read_text(errors="replace"), tmp_path)
    assert acks == number
    assert early == (0 if waits else number)


def _acknowledged(trace: str, folder: Path) -> tuple[int, int]:
    """How many acknowledgements there were, and how many with a byte or a name of the store not yet on disk."""
    acks = early = 0
    unsynced: set[str] = set()
    for line in trace.splitlines():
        call = re.match(r"\d+\s+(\w+)\((?:AT_FDCWD<[^>]*>, )?(?:\d+<([^>]*)>|\"([^\"]*)\")", line)
        if call is None:
            continue
        name, path = call[1], call[2] or call[3] or ""
        if name in ("write", "pwrite64", "ftruncate") and path.startswith(str(folder / "releases.db")):
            unsynced.add(path)
        elif name in ("fsync", "fdatasync"):
            unsynced.discard(path)
        elif name in ("unlink", "unlinkat") and path.startswith(str(folder)):
            # a journal that is gone need not be on disk, but that it is gone must be: it would undo the commit
            unsynced.discard(path)
            unsynced.add(str(folder))
        elif name == "write" and '"ack' in line:
            acks += 1
            early += bool(unsynced)
    return acks, early


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a file system of 1 MiB needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_space(small_disk: Path) -> None:
    store = open_store(None, small_disk)
    run = opened(store)
    told = [store.append(run, "item.noted", {"text": "x" * 300}, actor=ALICE, item="a.b") for _ in range(20)]
    filler = small_disk / "filler"
    for number in range(count("disk.sizes")):
        _fill(filler, leave=number * 65536 // count("disk.sizes"))
        with pytest.raises(StoreError, match=r"the disk is full; what was saved before is intact\n  free some space"):
            _write_until_refused(store, run, told)
        assert store.events(run)[1:] == told
        filler.unlink()
        told.append(store.append(run, "item.noted", {"text": "z"}, actor=ALICE, item="a.b"))
    assert open_store(None, small_disk).events(run)[1:] == told


def _write_until_refused(store: Store, run: str, told: list[Event]) -> None:
    while len(told) < 10_000:
        told.append(store.append(run, "item.noted", {"text": "y" * 300}, actor=ALICE, item="a.b"))


def _fill(filler: Path, leave: int) -> None:
    free = os.statvfs(filler.parent)
    with filler.open("wb") as file:
        file.write(b"\0" * max(0, free.f_bavail * free.f_frsize - leave))


def test_a_store_that_may_only_be_read_is_read_and_says_so_when_written_to(small_disk: Path) -> None:
    store = open_store(None, small_disk)
    run = opened(store)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    read_only = open_store(None, small_disk)
    assert len(read_only.events(run)) == 1
    with pytest.raises(StoreError, match=r"may only be read\n  make the file and its folder writable"):
        read_only.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert read_only.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b").seq == 2
