"""How fast the log of a run is: appending beside a bare INSERT with the same settings, replaying, listing."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from releasekit.run.replay import replay
from releasekit.run.store import Draft, Store, open_store
from tests.run.postgresql import running
from tests.run.samples import ALICE, UAT, begin_in
from tests.services import find

OPENED = {"service": "shop", "version": "1", "environment": "production", "parameters_hash": "p", "commit": "c"}
LINE = "x" * 400  # about what an event takes


Act = Callable[[int], object]


def beside(bare: Act, ours: Act, times: int) -> dict[str, Any]:
    """Calls a second and the 99th percentile of one call, of both in turns, and how many times longer ours takes."""
    taken: dict[str, list[float]] = {"bare": [], "releasekit": []}
    for number in range(times):
        for name, act in (("bare", bare), ("releasekit", ours)):
            start = time.perf_counter()
            act(number)
            taken[name].append(time.perf_counter() - start)
    results: dict[str, Any] = {
        name: {"per_second": round(times / sum(each), 1), "p99_ms": round(quantiles(each, n=100)[98] * 1000, 2)}
        for name, each in taken.items()
    }
    return results | {"ratio": round(sum(taken["releasekit"]) / sum(taken["bare"]), 2)}


def appending(store: Store) -> Act:
    """`Store.append` to a run."""
    run = store.open(OPENED, actor=ALICE).run
    return lambda number: store.append(run, "item.noted", {"text": LINE[:100]}, actor=ALICE, item=f"a.b{number}")


def bare_sqlite(connection: sqlite3.Connection) -> Act:
    """BEGIN IMMEDIATE, INSERT, COMMIT on one open connection, journal_mode=DELETE, synchronous=EXTRA."""
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, line TEXT)")

    def insert(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?, ?)", (number, LINE))
        connection.execute("COMMIT")

    return insert


def bare_postgresql(connection: psycopg.Connection[Any]) -> Act:
    """INSERT and COMMIT on one open connection, synchronous_commit=on."""
    connection.execute("CREATE TABLE t (n integer PRIMARY KEY, line text)")
    connection.commit()

    def insert(number: int) -> None:
        connection.execute("INSERT INTO t VALUES (%s, %s)", (number, LINE))
        connection.commit()

    return insert


def measure(folder: Path, times: int = 500) -> dict[str, Any]:
    """All of it; PostgreSQL where it is installed."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        ours = appending(open_store(None, folder / "append"))
        results: dict[str, Any] = {"append_sqlite": beside(bare_sqlite(connection), ours, times)}
    initdb = find("initdb")
    if initdb:
        with running(initdb.parent) as server:
            address = server.url(server.new_database())
            store = open_store(address, folder)
            with psycopg.connect(address.replace("+psycopg", "")) as plain:
                results["append_postgresql"] = beside(bare_postgresql(plain), appending(store), times)
            store.close()
    return results | {"replay": replaying(folder / "replay"), "list": listing(folder / "list")}


def replaying(folder: Path, size: int = 10_000) -> dict[str, float]:
    """Reading, verifying and replaying a run of that many events, in seconds."""
    run = begin_in(folder)
    drafts = _drafts(size - run.state.size)
    run.store.act(run.run_id, 0, lambda _: drafts, actor=ALICE)
    start = time.perf_counter()
    events = run.store.events(run.run_id)
    read = time.perf_counter()
    state = replay(events)
    done = time.perf_counter()
    assert state.size == size
    return {"events": size, "read_seconds": round(read - start, 3), "replay_seconds": round(done - read, 3)}


def _drafts(number: int) -> list[Draft]:
    return [
        Draft("item.noted", {"text": "x"}, UAT)
        if index % 3
        else Draft("item.ticked" if index % 2 else "item.unticked", {}, UAT)
        for index in range(number)
    ]


def listing(folder: Path, runs: int = 100_000) -> dict[str, float]:
    """Listing that many runs, and the newest 50 of them, in seconds."""
    store = open_store(None, folder)
    with sqlite3.connect(folder / "releases.db") as connection:
        connection.executemany(
            "INSERT INTO release_runs VALUES (?, 'shop', ?, 'production', 'p', 'c', ?, '', '', 1, 'h')",
            ((f"run-{n:06}", str(n), f"2026-{n % 12 + 1:02}-01T00:00:{n % 60:02}.000Z") for n in range(runs)),
        )
    connection.close()
    start = time.perf_counter()
    assert len(store.runs()) == runs
    listed = time.perf_counter()
    store.runs(limit=50)
    done = time.perf_counter()
    return {"runs": runs, "all_seconds": round(listed - start, 3), "newest_50_seconds": round(done - listed, 4)}
