"""A Dask scheduler and workers on this machine, PostgreSQL, and what a batch makes of them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from releasekit.batch.cluster import NOBODY, Cluster
from releasekit.batch.pool import Pool
from releasekit.batch.select import select
from releasekit.batch.work import Setting
from releasekit.document.board import Row
from releasekit.errors import InputError, SourceError
from releasekit.run.store import open_store
from tests.batch.services import Silent, command, short, write_service, write_services
from tests.batch.test_cli import normal
from tests.run.postgresql import Server, free_port, running

WORKER = "from distributed.cli.dask_worker import main; main()"
BARE = f"import sys; sys.modules['releasekit'] = None; {WORKER}"


@pytest.fixture(scope="module")
def postgresql(require: Callable[[str], Path]) -> Iterator[Server]:
    with running(require("initdb").parent) as server:
        yield server


@contextmanager
def cluster(root: Path, *workers: str) -> Iterator[str]:
    """The address of a scheduler with these workers, each a program."""
    address = f"tcp://127.0.0.1:{free_port()}"
    options = ["--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard", "--no-show"]
    programs = [[sys.executable, "-m", "distributed.cli.dask_scheduler", *options]]
    programs += [
        [sys.executable, "-c", code, address, "--nthreads", "1", "--no-nanny", "--no-dashboard"] for code in workers
    ]
    started = [
        subprocess.Popen(program, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for program in programs
    ]
    try:
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(len(workers), timeout=60)
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def on_cluster(root: Path, address: str, server: Server, source: Path, seconds: float = 120.0) -> dict[str, Row]:
    setting = Setting(root / "shared", server.url(server.new_database()), seconds, source)
    services = select([str(root / "many")]).services
    return {row.service: row for row in Cluster(address, setting, Silent()).run(services)}


def test_a_cluster_makes_the_records_that_a_pool_makes(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 3)
    write_service(tmp_path / "many", "nowhere", repository="../not-there")
    source = short(tmp_path)
    with cluster(tmp_path, WORKER, WORKER) as address:
        rows = on_cluster(tmp_path, address, postgresql, source)
    assert "not-there" in rows.pop("nowhere").problem
    url = postgresql.url(postgresql.new_database())
    setting = Setting(tmp_path / "out", url, 120.0, source)
    pool = Pool(open_store(url, tmp_path), setting, Silent(), 2)
    local = {row.service: row for row in pool.run(select([str(tmp_path / "many")]).services)}
    local.pop("nowhere")
    assert {name: (row.status, row.problem) for name, row in rows.items()} == dict.fromkeys(local, ("open", ""))
    for name, row in rows.items():
        for ending in (".md", ".html", ".json"):
            one = (tmp_path / "shared" / row.record).with_suffix(ending)
            other = (tmp_path / "out" / local[name].record).with_suffix(ending)
            assert normal(one.read_text()) == normal(other.read_text())


def test_a_service_whose_worker_dies_is_done_by_another(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 2)
    go, here = tmp_path / "go", tmp_path / "here"
    source = short(
        tmp_path,
        f"import time, pathlib\npathlib.Path({str(here)!r}).touch()\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)",
    )
    url = postgresql.url(postgresql.new_database())
    setting, rows = Setting(tmp_path / "shared", url, 120.0, source), []
    services = select([str(tmp_path / "many")]).services
    with cluster(tmp_path, WORKER, WORKER) as address:
        thread = threading.Thread(target=lambda: rows.extend(Cluster(address, setting, Silent()).run(services)))
        thread.start()
        while not here.exists() and thread.is_alive():
            thread.join(0.05)
        store = open_store(url, tmp_path)
        line = store.runs()[0]
        first = next(event for event in store.events(line.run) if "claim" in event.data)
        os.kill(first.data["claim"]["pid"], signal.SIGKILL)
        go.touch()
        thread.join(120)
    assert [(row.status, row.problem) for row in rows] == [("open", "")] * 2
    assert len(open_store(url, tmp_path).runs()) == 2


def test_where_no_worker_has_releasekit_each_service_has_one_line_that_says_so(
    tmp_path: Path, postgresql: Server
) -> None:
    write_services(tmp_path, 2)
    with cluster(tmp_path, BARE) as address:
        rows = on_cluster(tmp_path, address, postgresql, short(tmp_path))
    for row in rows.values():
        assert row.problem == NOBODY


def test_a_worker_without_releasekit_is_given_nothing(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 2)
    with cluster(tmp_path, BARE, WORKER) as address:
        rows = on_cluster(tmp_path, address, postgresql, short(tmp_path))
    assert [(row.status, row.problem) for row in rows.values()] == [("open", "")] * 2


def test_an_address_where_nobody_answers_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from releasekit.batch import cluster as module

    monkeypatch.setattr(module, "ANSWERS", 1.0)
    write_services(tmp_path, 1)
    setting = Setting(tmp_path, "postgresql+psycopg://nobody@127.0.0.1/none")
    with pytest.raises(SourceError, match="no Dask scheduler answers"):
        Cluster(f"tcp://127.0.0.1:{free_port()}", setting, Silent()).run(select([str(tmp_path / "many")]).services)


def test_a_file_of_sqlite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot share a file of SQLite"):
        Cluster("tcp://127.0.0.1:1", Setting(tmp_path, "sqlite:///x.db"), Silent())
    write_services(tmp_path, 1)
    done = subprocess.run(
        command("many", "--cluster", "tcp://127.0.0.1:1"), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: RELEASEKIT_STORE: the workers of a cluster cannot share a file of SQLite")
