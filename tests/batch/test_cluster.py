"""A Dask scheduler and workers on this machine, PostgreSQL, and what a batch makes of them."""

import os
import select as waiting
import subprocess
import threading
from pathlib import Path

import pytest

from releasekit.batch.cluster import NOBODY, Cluster
from releasekit.batch.pool import Pool
from releasekit.batch.select import select
from releasekit.batch.work import Setting
from releasekit.document.board import Row
from releasekit.errors import InputError, SourceError
from releasekit.record.place import Bucket, Folder
from releasekit.run.store import open_store
from tests.archive.seaweedfs import S3, real_time
from tests.batch.sameness import normal
from tests.batch.scheduler import BARE, WORKER, cluster, joining
from tests.batch.services import Silent, command, short, write_service, write_services
from tests.run.postgresql import Server, free_port


def on_cluster(root: Path, address: str, url: str, source: Path, seconds: float = 120.0) -> dict[str, Row]:
    setting = Setting(Folder(root / "shared"), url, seconds, source)
    services = select([str(root / "many")]).services
    return {row.service: row for row in Cluster(address, setting, Silent()).run(services)}


def test_a_cluster_makes_the_records_that_a_pool_makes(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 2)
    write_service(tmp_path / "many", "nowhere", repository="../not-there")
    source = short(tmp_path)
    with cluster(tmp_path, WORKER, WORKER) as address:
        rows = on_cluster(tmp_path, address, postgresql.url(postgresql.new_database()), source)
    assert "not-there" in rows.pop("nowhere").problem
    url = postgresql.url(postgresql.new_database())
    setting = Setting(Folder(tmp_path / "out"), url, 120.0, source)
    pool = Pool(open_store(url, tmp_path), setting, Silent(), 2)
    local = {row.service: row for row in pool.run(select([str(tmp_path / "many")]).services)}
    local.pop("nowhere")
    assert {name: (row.status, row.problem) for name, row in rows.items()} == dict.fromkeys(local, ("open", ""))
    for name, row in rows.items():
        for ending in (".md", ".html", ".json"):
            one = (tmp_path / "shared" / row.record).with_suffix(ending)
            other = (tmp_path / "out" / local[name].record).with_suffix(ending)
            assert normal(one.read_text()) == normal(other.read_text())


KILLS_ITS_WORKER = """import os
claimed = [event.data['claim'] for event in release.run.store.events(run_id) if 'claim' in event.data]
os.kill(claimed[-1]['pid'], 9)"""


def for_each(**code: str) -> str:
    """A cell that does for each service what is said for it."""
    lines = (f"if name == {name!r}:\n    exec({said!r})" for name, said in code.items())
    return "name = release.run.state.service\n" + "\n".join(lines)


def claims_of(url: str) -> dict[str, int]:
    """How often each service was claimed."""
    store = open_store(url, Path())
    return {line.service: sum("claim" in event.data for event in store.events(line.run)) for line in store.runs()}


def test_a_service_whose_worker_dies_is_done_by_another_once(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 3)
    here = tmp_path / "here"
    dies_once = f"import pathlib\nif not pathlib.Path({str(here)!r}).exists():\n"
    dies_once += f"    pathlib.Path({str(here)!r}).touch()\n    exec({KILLS_ITS_WORKER!r})"
    source = short(tmp_path, for_each(**{"service-001": dies_once}))
    url = postgresql.url(postgresql.new_database())
    with cluster(tmp_path, WORKER, WORKER) as address:
        rows = on_cluster(tmp_path, address, url, source)
    assert {name: (row.status, row.problem) for name, row in rows.items()} == dict.fromkeys(rows, ("open", ""))
    assert claims_of(url) == {"service-000": 1, "service-001": 2, "service-002": 1}
    for row in rows.values():
        assert (tmp_path / "shared" / row.record).is_file()


def test_a_service_that_kills_every_worker_is_given_up_after_the_second_and_takes_none_along(
    tmp_path: Path, postgresql: Server
) -> None:
    write_services(tmp_path, 4)
    url = postgresql.url(postgresql.new_database())
    source = short(tmp_path, for_each(**{"service-000": KILLS_ITS_WORKER}))
    # what the worker had when it died, begun or not, is given up by Dask at once
    with cluster(tmp_path, WORKER, nanny=True, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as address:
        rows = on_cluster(tmp_path, address, url, source)
    assert rows.pop("service-000").problem.startswith("the process that executed it died 2 times, the last time at ")
    assert {(row.status, row.problem) for row in rows.values()} == {("open", "")}
    assert claims_of(url) == {"service-000": 2, "service-001": 1, "service-002": 1, "service-003": 1}


def test_where_the_last_worker_is_gone_each_service_has_one_line_that_says_so(
    tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from releasekit.batch import cluster as module

    monkeypatch.setattr(module, "COMES", 1.0)
    write_services(tmp_path, 3)
    url = postgresql.url(postgresql.new_database())
    with cluster(tmp_path, WORKER) as address:
        rows = on_cluster(tmp_path, address, url, short(tmp_path, for_each(**{"service-001": KILLS_ITS_WORKER})))
    said = "the cluster has had no worker that could do it for 1 s"
    gone = [name for name, row in rows.items() if row.problem == said]
    assert "service-001" in gone
    assert {(row.status, row.problem) for name, row in rows.items() if name not in gone} <= {("open", "")}


def test_workers_who_join_later_take_over_from_those_that_died(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 3)
    url = postgresql.url(postgresql.new_database())
    source = short(tmp_path, for_each(**{"service-000": KILLS_ITS_WORKER}))
    # one without releasekit makes that only those that have it are asked, by their addresses
    with cluster(tmp_path, BARE, WORKER) as address, joining(tmp_path, address, 2):
        rows = on_cluster(tmp_path, address, url, source)
    assert rows["service-000"].problem.startswith("the process that executed it died 2 times")
    assert {(rows[name].status, rows[name].problem) for name in ("service-001", "service-002")} == {("open", "")}


def test_what_is_endless_or_leaves_is_one_line_each_and_the_others_are_done(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 4)
    bad = {
        "service-000": "while True: pass",
        "service-001": "import os; os._exit(3)",
        "service-002": "import os; os.kill(os.getppid(), 9)",
    }
    write_service(tmp_path / "many", "nowhere", repository="../not-there")
    (tmp_path / "many" / "broken.yaml").write_text("application: {name: broken, version: 1}\n")
    url = postgresql.url(postgresql.new_database())
    with cluster(tmp_path, WORKER) as address:
        rows = on_cluster(tmp_path, address, url, short(tmp_path, for_each(**bad)), seconds=20.0)
    assert rows["service-000"].problem == "its time of 20 s was over at 'Part 4'"
    assert rows["service-001"].problem == "the kernel died at 'Part 4'"
    assert rows["service-002"].problem in ("", "the kernel died at 'Part 4'")  # its parent is not its worker
    assert (rows["service-003"].status, rows["service-003"].problem) == ("open", "")
    assert "not-there" in rows["nowhere"].problem
    assert "version" in rows["broken"].problem


def test_a_notebook_whose_job_was_cancelled_ends_at_its_deadline(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 2)
    told = tmp_path / "pid"
    os.mkfifo(told)
    tell = f"with open({str(told)!r}, 'w') as pipe: pipe.write(str(os.getpid()))"
    source = short(tmp_path, f"import os\n{tell}\nwhile True: pass")
    setting = Setting(Folder(tmp_path / "shared"), postgresql.url(postgresql.new_database()), 20.0, source)
    rows: list[Row] = []
    with cluster(tmp_path, WORKER) as address:
        many = Cluster(address, setting, Silent())
        services = select([str(tmp_path / "many")]).services
        thread = threading.Thread(target=lambda: rows.extend(many.run(services)))
        thread.start()
        kernel = os.pidfd_open(int(told.read_text()))
        many.stop()
        thread.join()
        assert [row.problem for row in rows] == ["not started: the batch was stopped"] * 2
        waiting.select([kernel], [], [])  # until it has ended; the test's own time limit counts
        os.close(kernel)


def test_where_no_worker_has_releasekit_each_service_has_one_line_that_says_so(
    tmp_path: Path, postgresql: Server
) -> None:
    write_services(tmp_path, 2)
    with cluster(tmp_path, BARE) as address:
        rows = on_cluster(tmp_path, address, postgresql.url(postgresql.new_database()), short(tmp_path))
    for row in rows.values():
        assert row.problem == NOBODY


def test_a_worker_without_releasekit_is_given_nothing(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 2)
    with cluster(tmp_path, BARE, WORKER) as address:
        rows = on_cluster(tmp_path, address, postgresql.url(postgresql.new_database()), short(tmp_path))
    assert [(row.status, row.problem) for row in rows.values()] == [("open", "")] * 2


def test_an_address_where_nobody_answers_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from releasekit.batch import cluster as module

    monkeypatch.setattr(module, "ANSWERS", 1.0)
    write_services(tmp_path, 1)
    setting = Setting(Folder(tmp_path), "postgresql+psycopg://nobody@127.0.0.1/none")
    with pytest.raises(SourceError, match="no Dask scheduler answers"):
        Cluster(f"tcp://127.0.0.1:{free_port()}", setting, Silent()).run(select([str(tmp_path / "many")]).services)


def test_a_command_that_finds_no_scheduler_starts_nothing(tmp_path: Path, postgresql: Server) -> None:
    write_services(tmp_path, 1)
    url, address = postgresql.url(postgresql.new_database()), f"tcp://127.0.0.1:{free_port()}"
    arguments = command("many", "--cluster", address)
    environ = {**os.environ, "RELEASEKIT_STORE": url}
    done = subprocess.run(arguments, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {address}: no Dask scheduler answers")
    assert "Traceback" not in done.stderr
    assert open_store(url, tmp_path).runs() == []
    assert list((tmp_path / "reports").iterdir()) == []


@real_time
def test_a_worker_that_may_not_write_to_the_store_is_one_line_each(tmp_path: Path, postgresql: Server, s3: S3) -> None:
    write_services(tmp_path, 2)
    setting = Setting(Bucket(s3.bucket("unwritten")), postgresql.url(postgresql.new_database()), source=short(tmp_path))
    with cluster(tmp_path, WORKER, AWS_SECRET_ACCESS_KEY="of-somebody-else") as address:
        rows = Cluster(address, setting, Silent()).run(select([str(tmp_path / "many")]).services)
    for row in rows:
        assert row.problem.startswith(f"s3://unwritten/{row.service}/1.0.0/")
        assert row.problem.endswith(": the store refuses access")
    assert s3.objects("unwritten") == {}


def test_a_file_of_sqlite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot share a file of SQLite"):
        Cluster("tcp://127.0.0.1:1", Setting(Folder(tmp_path), "sqlite:///x.db"), Silent())
    write_services(tmp_path, 1)
    done = subprocess.run(
        command("many", "--cluster", "tcp://127.0.0.1:1"), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: RELEASEKIT_STORE: the workers of a cluster cannot share a file of SQLite")
