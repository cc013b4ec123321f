"""The store keeps what it acknowledged and refuses what is not its own, in SQLite and in PostgreSQL."""

import re
import sqlite3
import threading
from pathlib import Path

import psycopg
import pytest

from releasekit.errors import InputError, RefusedError, StoreError
from releasekit.run import database
from releasekit.run.database import open_database
from releasekit.run.events import Actor
from releasekit.run.store import ConflictError, DamagedError, Draft, OpenError, Store, new_run_id, open_store
from tests.run.postgresql import Server
from tests.run.samples import ALICE, BOB, START, UAT, Clock, begin_in

OPENED = {"service": "shop", "version": "1", "environment": "production", "parameters_hash": "p", "commit": "c"}


def opened(store: Store, **changed: str) -> str:
    return store.open(OPENED | changed, actor=ALICE).run


def test_what_was_appended_is_read_back_by_another_store(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path, clock=Clock())
    run = opened(store)
    written = [
        store.append(
            run, "item.ticked", {"text": "“ok” \u2028 \U0001f680", "n": 1.5}, actor=ALICE, item="a.b", expect=0
        ),
        store.append(run, "item.noted", {"text": "x"}, actor=BOB, item="a.b"),
    ]
    again = open_store(address, tmp_path, clock=Clock())
    read = again.events(run)
    assert read[1:] == written
    assert [(event.seq, event.kind, event.version, event.actor) for event in read] == [
        (1, "run.opened", 0, "alice"),
        (2, "item.ticked", 1, "alice"),
        (3, "item.noted", 1, "bob"),
    ]
    assert again.events(run, after=2) == written[1:]
    assert again.events(run, after=3) == []


def test_a_run_is_listed_with_size_and_outcome(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    first = opened(store)
    store.append(first, "run.closed", {"outcome": "deployed"}, actor=ALICE)
    second = opened(store, version="2")
    other = opened(store, service="cart")
    lines = {line.run: line for line in store.runs()}
    assert (lines[first].outcome, lines[first].size, bool(lines[first].closed)) == ("deployed", 2, True)
    assert (lines[second].outcome, lines[second].closed, lines[second].version) == ("", "", "2")
    assert {line.run for line in store.runs(service="shop")} == {first, second}
    assert {line.run for line in store.runs(open_only=True)} == {second, other}
    assert len(store.runs(limit=1)) == 1


def test_the_answer_that_came_first_wins_and_the_other_learns_whose_it_was(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    won = store.append(run, "item.ticked", {}, actor=ALICE, item="a.b", expect=0)
    with pytest.raises(ConflictError, match="alice was first") as caught:
        store.append(run, "item.waived", {"reason": "r"}, actor=BOB, item="a.b", expect=0)
    assert caught.value.winner == won
    with pytest.raises(RefusedError, match="at version 1, not 7"):
        store.append(run, "item.ticked", {}, actor=BOB, item="a.b", expect=7)
    assert store.line(run).size == 2


def test_the_same_event_id_is_written_once(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    first = store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b", event_id="once")
    assert store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b", event_id="once") == first
    assert store.line(run).size == 2
    with pytest.raises(RefusedError, match="used already"):
        store.append(run, "item.noted", {"text": "y"}, actor=ALICE, item="a.b", event_id="once")
    other = opened(store, service="cart")
    with pytest.raises(StoreError, match="another run uses the event's id"):
        store.append(other, "item.noted", {"text": "x"}, actor=ALICE, item="a.b", event_id="once")
    assert store.line(other).size == 1


def test_many_drafts_are_written_together_or_not_at_all(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    drafts = [Draft("item.ticked", {}, "a.a", 0), Draft("item.ticked", {}, "a.b", 3)]
    with pytest.raises(RefusedError):
        store.act(run, 0, lambda events: drafts, actor=ALICE)
    with pytest.raises(ZeroDivisionError):
        store.act(run, 0, lambda events: drafts[1 // 0 :], actor=ALICE)
    assert store.line(run).size == 1
    written = store.act(run, 0, lambda events: drafts[: len(events)], actor=ALICE)
    assert [event.item for event in written] == ["a.a"]


def test_of_one_release_one_run_is_open(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    with pytest.raises(OpenError):
        opened(store)
    assert len(store.runs()) == 1
    after = store.open(OPENED, actor=BOB, instead_of=run, because="the candidate changed").run
    assert store.line(run).outcome == "abandoned"
    assert store.events(run)[-1].data == {"outcome": "abandoned", "reason": "the candidate changed", "successor": after}


def test_what_is_no_event_is_refused_and_nothing_is_written(address: str, tmp_path: Path) -> None:
    store = open_store(address, tmp_path)
    run = opened(store)
    with pytest.raises(InputError, match=r"no kind of event 'item.eaten'"):
        store.append(run, "item.eaten", {}, actor=ALICE)
    with pytest.raises(InputError, match="there is no run 'nobody'"):
        store.append("nobody", "item.noted", {}, actor=ALICE)
    for data in ({"x": float("nan")}, {"x": 2**60}, {"x": object()}, {"x": "\ud800"}):
        with pytest.raises(InputError, match="cannot be kept in the log"):
            store.append(run, "item.noted", data, actor=ALICE)
    store.append(run, "run.closed", {"outcome": "deployed"}, actor=ALICE)
    with pytest.raises(RefusedError, match=r"closed \(deployed\)"):
        store.append(run, "item.noted", {"text": "late"}, actor=ALICE)
    assert store.line(run).size == 2


def test_threads_share_a_store(address: str, tmp_path: Path) -> None:
    _threads_write(open_store(address, tmp_path))


def test_threads_share_a_store_in_memory(tmp_path: Path) -> None:
    _threads_write(open_store("sqlite://", tmp_path))
    assert list(tmp_path.iterdir()) == []


def _threads_write(store: Store) -> None:
    run = opened(store)

    def write(name: str) -> None:
        for number in range(10):
            store.append(run, "item.ticked", {}, actor=Actor(name), item=f"{name}.{number}", expect=0)

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.events(run)) == 41


def test_run_ids_sort_by_time_and_are_safe_names() -> None:
    ids = [new_run_id(START) for _ in range(200)]
    assert len(set(ids)) == 200
    assert all(re.fullmatch(rf"{START:%Y%m%d-%H%M%S}-[a-z0-9]{{8}}", run) for run in ids)


def test_order_is_the_number_and_a_clock_that_jumps_is_shown(address: str, tmp_path: Path) -> None:
    clock = Clock()
    store = open_store(address, tmp_path, clock=clock)
    run = store.open(OPENED, actor=ALICE, at=clock()).run
    for jump in (0, 1, -86400, 2, 86400 * 2, -1.5, -3):
        clock.move(seconds=jump)
        store.act(run, 0, lambda events: [Draft("item.noted", {"text": "x"}, "a.b")], actor=ALICE, at=clock())
    events = open_store(address, tmp_path, clock=clock).events(run)
    assert [event.seq for event in events] == list(range(1, 9))
    behind = [event.seq for event in events if event.clock_suspect]
    assert {4, 8} <= set(behind)
    assert not {2, 3, 5} & set(behind)


def test_an_append_only_log_refuses_update_and_delete(tmp_path: Path) -> None:
    run = opened(open_store(None, tmp_path))
    with sqlite3.connect(tmp_path / "releases.db") as connection:
        for statement in ("UPDATE release_events SET line = ''", "DELETE FROM release_events"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    connection.close()
    assert len(open_store(None, tmp_path).events(run)) == 1


# -- what must not be used


def test_a_file_that_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "releases.db"
    path.write_text("a diary")
    with pytest.raises(StoreError, match="not a database of releasekit"):
        open_store(None, tmp_path)
    assert path.read_text() == "a diary"
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="not releasekit's"):
        open_store(None, tmp_path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    connection.close()


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "releases.db").touch()
    assert opened(open_store(None, tmp_path))


def test_a_newer_layout_is_refused_with_what_to_do(tmp_path: Path) -> None:
    opened(open_store(None, tmp_path))
    with sqlite3.connect(tmp_path / "releases.db") as connection:
        connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(StoreError, match=r"layout 2; this releasekit knows layout 1\n  install a newer"):
        open_store(None, tmp_path)


def test_an_event_of_a_newer_format_is_refused_and_those_before_it_are_intact(tmp_path: Path) -> None:
    store = open_store(None, tmp_path)
    run = opened(store)
    store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b")
    _edit(tmp_path, "UPDATE release_events SET line = replace(line, '\"v\":1', '\"v\":2') WHERE seq = 2")
    with pytest.raises(DamagedError, match="event 2 has format 2; this releasekit reads formats up to 1") as caught:
        store.events(run)
    assert [event.seq for event in caught.value.intact] == [1]


@pytest.mark.parametrize(
    ("change", "intact"),
    [
        ("UPDATE release_events SET line = replace(line, 'alice', 'mallory') WHERE seq = 3", 3),
        ("UPDATE release_events SET line = replace(line, 'alice', 'mallory') WHERE seq = 5", 4),
        ("UPDATE release_events SET line = 'rubbish' WHERE seq = 2", 1),
        ("UPDATE release_events SET line = '{}' WHERE seq = 2", 1),
        ("DELETE FROM release_events WHERE seq = 4", 3),
        ("DELETE FROM release_events WHERE seq > 3", 3),
        ("UPDATE release_events SET seq = seq + 10 WHERE seq = 5", 4),
        ("UPDATE release_runs SET head = prev FROM (SELECT 'x' AS prev)", 4),
        ("UPDATE release_runs SET size = 9", 5),
    ],
)
def test_a_log_that_was_edited_by_hand_says_where(tmp_path: Path, change: str, intact: int) -> None:
    store = open_store(None, tmp_path)
    run = opened(store)
    for number in range(4):
        store.append(run, "item.noted", {"text": str(number)}, actor=ALICE, item="a.b")
    _edit(tmp_path, change)
    with pytest.raises(DamagedError, match=f"run {run}") as caught:
        store.events(run)
    assert len(caught.value.intact) == intact
    assert store.runs()[0].run == run


def test_an_event_that_was_changed_is_one_of_the_two_that_are_named(tmp_path: Path) -> None:
    store = open_store(None, tmp_path)
    run = opened(store)
    for number in range(4):
        store.append(run, "item.noted", {"text": f"note {number}"}, actor=ALICE, item="a.b")
    _edit(tmp_path, "UPDATE release_events SET line = replace(line, 'note 1', 'note 9') WHERE seq = 3")
    with pytest.raises(DamagedError, match="at event 3 or 4 of 5"):
        store.events(run)


def test_nothing_follows_a_log_whose_end_was_changed(tmp_path: Path) -> None:
    store = open_store(None, tmp_path)
    run = opened(store)
    store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b")
    _edit(tmp_path, "DELETE FROM release_events WHERE seq = 2")
    with pytest.raises(DamagedError, match="at event 2 of 2"):
        store.append(run, "item.noted", {"text": "y"}, actor=ALICE, item="a.b")


def _edit(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "releases.db") as connection:
        for act in ("update", "delete"):
            connection.execute(f"DROP TRIGGER release_events_no_{act}")
        connection.execute(statement)
    connection.close()


def test_a_lock_that_outlasts_the_patience_is_said_and_the_run_goes_on_after_it(tmp_path: Path) -> None:
    store = open_store(None, tmp_path, patience=0.05)
    run = opened(store)
    holder = sqlite3.connect(tmp_path / "releases.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=r"kept the store locked for 0.05 s\n  end it, or try again"):
        store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b")
    holder.execute("ROLLBACK")
    holder.close()
    assert store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b").seq == 2


def test_a_network_file_system_is_refused_with_the_reason(tmp_path: Path) -> None:
    for magic, name in database.NETWORK.items():
        with pytest.raises(StoreError, match=rf"network file system \({name}\)[\s\S]*postgresql\+psycopg"):
            open_database(None, tmp_path, filesystem=lambda _, found=magic: found)
    assert list(tmp_path.iterdir()) == []
    assert database.filesystem_of(tmp_path) not in (0, *database.NETWORK)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "sqlite+aiosqlite:///x", "postgresql+asyncpg://h/d"])
def test_an_address_that_is_no_store_is_refused_without_repeating_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"RELEASEKIT_STORE: [\s\S]*give sqlite:///PATH or postgresql\+psycopg"):
        open_store(url, tmp_path)


def test_a_folder_in_the_way_and_a_file_in_the_way_are_said(tmp_path: Path) -> None:
    (tmp_path / "releases.db").mkdir()
    with pytest.raises(StoreError, match="is a folder"):
        open_store(None, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder of the store cannot be made"):
        open_store(None, tmp_path / "file" / "out")


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not answer") as caught:
        open_store("postgresql+psycopg://alice:hunter2@127.0.0.1:1/releases", tmp_path, patience=2)
    assert "hunter2" not in str(caught.value)
    assert "***" in str(caught.value)


# -- PostgreSQL's own


def test_a_table_of_that_name_that_is_not_ours_is_left_alone(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database()
    postgresql.sql("CREATE TABLE release_events (x int)", name)
    with pytest.raises(StoreError, match="not releasekit's"):
        open_store(postgresql.url(name), tmp_path)
    postgresql.sql("COMMENT ON TABLE release_events IS 'releasekit store 2'", name)
    with pytest.raises(StoreError, match="layout 2"):
        open_store(postgresql.url(name), tmp_path)


def test_postgresql_refuses_update_delete_and_truncate(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database()
    opened(open_store(postgresql.url(name), tmp_path))
    for statement in (
        "UPDATE release_events SET line = ''",
        "DELETE FROM release_events",
        "TRUNCATE release_events",
    ):
        with pytest.raises(Exception, match="non-zero"):
            postgresql.sql(statement, name)
    assert postgresql.sql("SELECT count(*) FROM release_events", name) == "1"


@pytest.mark.real_time("PostgreSQL gives up waiting by a timer, which does not go off under faketime")
def test_a_run_that_is_locked_for_longer_than_the_patience_is_said(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database()
    store = open_store(postgresql.url(name), tmp_path, patience=0.05)
    run, other = opened(store), opened(store, service="cart")
    with psycopg.connect(postgresql.url(name).replace("+psycopg", "")) as holder:
        holder.execute("SELECT 1 FROM release_runs WHERE run = %s FOR UPDATE", (run,))
        with pytest.raises(StoreError, match=r"kept the run locked for 0\.05 s"):
            store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b")
        assert store.append(other, "item.noted", {"text": "x"}, actor=ALICE, item="a.b").seq == 2
        holder.rollback()
    assert store.append(run, "item.noted", {"text": "x"}, actor=ALICE, item="a.b").seq == 2


def test_acknowledged_means_on_disk_whatever_the_servers_default_is(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database()
    postgresql.sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    kept = open_database(postgresql.url(name), tmp_path)
    with kept.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    kept.engine.dispose()


def test_a_user_who_may_only_append_can_work_and_one_who_may_not_is_told(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database()
    opened(open_store(postgresql.url(name), tmp_path))
    for user in ("ann", "eve"):
        postgresql.sql(f"DROP ROLE IF EXISTS {user}")
        postgresql.sql(f"CREATE ROLE {user} LOGIN")
    postgresql.sql("GRANT SELECT, INSERT ON release_events TO ann", name)
    postgresql.sql("GRANT SELECT, INSERT, UPDATE ON release_runs TO ann", name)
    postgresql.sql("GRANT SELECT ON release_events, release_runs TO eve", name)
    ann, eve = (open_store(postgresql.url(name, user), tmp_path) for user in ("ann", "eve"))
    run = ann.runs()[0].run
    assert (ann.session_user, eve.session_user) == ("ann", "eve")
    ann.append(run, "item.noted", {"text": "x"}, actor=Actor("ann", "authenticated"), item="a.b")
    with pytest.raises(StoreError, match="an event of postgres was written by ann"):
        ann.append(run, "item.noted", {"text": "x"}, actor=Actor("postgres", "authenticated"), item="a.b")
    with pytest.raises(StoreError, match="may not do this"):
        eve.append(run, "item.noted", {"text": "x"}, actor=Actor("eve", "authenticated"), item="a.b")
    assert len(eve.events(run)) == 2


def test_sqlite_knows_nobody(tmp_path: Path) -> None:
    assert open_store(None, tmp_path).session_user == ""


def test_a_log_is_taken_over_line_by_line_and_reads_the_same(tmp_path: Path) -> None:
    run = begin_in(tmp_path / "here")
    run.tick(UAT, note="accepted")
    run.close("abandoned")
    lines = run.store.lines(run.run_id)
    there = open_store(None, tmp_path / "there", clock=Clock())
    assert there.restore(lines) == run.run_id
    assert there.lines(run.run_id) == lines
    assert there.line(run.run_id) == run.store.line(run.run_id)
    with pytest.raises(StoreError, match="in this store already"):
        there.restore(lines)
    for wrong in (lines[:1] + lines[2:], lines[1:], []):
        with pytest.raises(StoreError, match="not the whole log"):
            open_store("sqlite://", tmp_path, clock=Clock()).restore(wrong)
