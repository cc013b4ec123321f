"""A batch whose records and board go to an object store: a real S3 server, and commands as a person types them."""

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from releasekit.batch.boards import of_log
from releasekit.batch.pool import Pool
from releasekit.batch.select import select
from releasekit.batch.work import Setting
from releasekit.record.make import NAMES
from releasekit.record.place import Bucket
from releasekit.run.store import open_store
from tests.archive.seaweedfs import KEY, S3, SECRET, real_time
from tests.batch.services import Silent, command, shipped, short, write_services
from tests.record.browser import watched
from tests.run.postgresql import free_port

pytestmark = real_time

BOARD = ("board.html", "board.json", "board.md")


def batch(root: Path, *arguments: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "RELEASEKIT_STORE": "sqlite:///runs.db", **environ}
    return subprocess.run(command(*arguments), cwd=root, env=env, capture_output=True, text=True, check=False)


def board_of(s3: S3, bucket: str) -> dict[str, dict[str, object]]:
    """The rows of the board at ``bucket``/train, by service."""
    return {row["service"]: row for row in json.loads(s3.objects(bucket)["train/board.json"])["services"]}


def runs_in(file: Path) -> int:
    """How many runs a store has; a store that was not made has none."""
    if not file.exists():
        return 0
    with sqlite3.connect(file) as connection:
        found = connection.execute("SELECT count(*) FROM release_runs").fetchone()[0]
    connection.close()
    return int(found)


def test_records_and_board_stand_in_the_store_and_nowhere_else(tmp_path: Path, s3: S3) -> None:
    many = write_services(tmp_path, 2)
    before = {path for path in tmp_path.rglob("*") if path.name != "short.ipynb"}
    done = batch(tmp_path, many, "--out", s3.bucket("whole") + "/train", "--notebook", short(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "wrote s3://whole/train/board.html" in done.stdout
    rows, objects = board_of(s3, "whole"), s3.objects("whole")
    records = {f"train/{name}/1.0.0/{row['run']}/{file}" for name, row in rows.items() for file in NAMES}
    assert set(objects) == records | {f"train/{name}" for name in BOARD}
    assert {f"train/{row['record']}" for row in rows.values()} <= set(objects)
    assert {path for path in tmp_path.rglob("*") if path.name not in {"short.ipynb", "runs.db"}} == before
    for name in ("release.json", "board.json"):
        assert all(json.loads(raw) for key, raw in objects.items() if key.endswith(name))


def test_credentials_are_in_no_object_no_event_and_no_message(tmp_path: Path, s3: S3) -> None:
    many = write_services(tmp_path, 1)
    source = short(tmp_path, "import os; print(os.environ.get('AWS_SECRET_ACCESS_KEY'))")
    out = s3.bucket("secrets") + "/train"
    for extra in ({}, {"AWS_SECRET_ACCESS_KEY": SECRET + "-of-another"}):
        done = batch(tmp_path, many, "--out", out, "--notebook", source, **extra)
        for said in (done.stdout, done.stderr):
            assert KEY not in said
            assert SECRET not in said
    everything = b"".join(s3.objects("secrets").values()) + (tmp_path / "runs.db").read_bytes()
    assert KEY.encode() not in everything
    assert SECRET.encode() not in everything


def test_resuming_judges_by_what_is_in_the_store(tmp_path: Path, s3: S3) -> None:
    many, source, out = write_services(tmp_path, 3), short(tmp_path), s3.bucket("resumed") + "/train"
    assert batch(tmp_path, many, "--out", out, "--notebook", source).returncode == 0
    before = board_of(s3, "resumed")
    for name, lost in (("service-000", "release.json"), ("service-001", "release.html")):
        assert s3.ask("DELETE", f"resumed/train/{name}/1.0.0/{before[name]['run']}/{lost}")[0] == 204
    assert batch(tmp_path, many, "--out", out, "--notebook", source, "--resume").returncode == 0
    after = board_of(s3, "resumed")
    assert {name: row["run"] for name, row in after.items()} == {name: row["run"] for name, row in before.items()}
    assert {name for name, row in after.items() if row["seconds"] is not None} == {"service-000", "service-001"}
    for row in after.values():
        assert {f"train/{row['record']}".replace("release.html", file) for file in NAMES} <= set(s3.objects("resumed"))


def test_runs_need_a_store_of_their_own(tmp_path: Path, s3: S3) -> None:
    many = write_services(tmp_path, 1)
    done = batch(tmp_path, many, "--out", s3.bucket("nameless"), RELEASEKIT_STORE="")
    assert done.returncode == 2
    assert done.stderr.startswith("error: s3://nameless: an object store keeps records, and not the runs")
    assert "RELEASEKIT_STORE=postgresql+psycopg://" in done.stderr
    clustered = batch(tmp_path, many, "--out", s3.bucket("nameless"), "--cluster", "tcp://127.0.0.1:1")
    assert clustered.returncode == 2
    assert "the workers of a cluster cannot share a file of SQLite" in clustered.stderr
    assert s3.objects("nameless") == {}


@pytest.mark.parametrize(
    ("out", "environ", "said"),
    [
        ("s3://not-there/train", {}, "there is no such bucket"),
        ("s3://there/train", {"AWS_SECRET_ACCESS_KEY": "quite-another-secret"}, "the store refuses access"),
        ("s3://there/train", {"AWS_ENDPOINT": "http://127.0.0.1:{free}"}, "the store does not answer"),
        ("s3://key:secret@there/train", {}, "an address holds no credentials"),
        ("ftp://there/train", {}, "this address cannot be read"),
        ("s3://", {}, "this address cannot be read"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_message_and_nothing_starts(
    tmp_path: Path, s3: S3, out: str, environ: dict[str, str], said: str
) -> None:
    many = write_services(tmp_path, 1)
    s3.bucket("there")
    done = batch(tmp_path, many, "--out", out, **{name: one.format(free=free_port()) for name, one in environ.items()})
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("error: ") == 1
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr.replace("credentials", "")
    assert runs_in(tmp_path / "runs.db") == 0
    assert s3.objects("there") == {}


def test_a_store_that_fails_in_the_middle_is_one_line_each(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    many, store = write_services(tmp_path, 2), f"sqlite:///{tmp_path / 'runs.db'}"

    class Revoking(Silent):
        def doing(self, service: str, what: str) -> None:
            if service == "service-001":
                monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "revoked-in-the-middle")

    setting = Setting(Bucket(s3.bucket("middle") + "/train"), store, source=short(tmp_path))
    rows = Pool(open_store(store, tmp_path), setting, Revoking(), 1).run(select([str(many)]).services)
    assert rows[0].problem == ""
    assert rows[1].problem.endswith(": the store refuses access")
    assert sum(name.startswith("train/service-001") for name in s3.objects("middle")) == 0


def test_the_board_opens_from_the_store_and_leads_to_the_records(tmp_path: Path, s3: S3, chromium: Browser) -> None:
    many = write_services(tmp_path, 1)
    file = many / "service-000.yaml"
    file.write_text(file.read_text().replace('"1.0.0"', '"1.0.0+build.7"'))
    done = batch(tmp_path, many, "--out", s3.bucket("public") + "/train", "--notebook", shipped())
    assert done.returncode == 0, done.stderr
    seen = watched(chromium)
    seen.page.goto(f"http://127.0.0.1:{s3.port}/public/train/board.html")
    assert seen.page.title() == "Release board"
    seen.page.locator("#rk-board a", has_text="unknown").first.click()
    seen.page.wait_for_url("**/release.html#*")
    assert seen.page.locator(f"#{seen.page.url.partition('#')[2]}").count() == 1
    assert seen.page.locator(".rk-item").count() == 62


def test_the_board_of_the_log_is_made_from_the_store_too(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    import papermill

    many, out = write_services(tmp_path, 2), s3.bucket("log") + "/train"
    assert batch(tmp_path, many, "--out", out, "--notebook", short(tmp_path)).returncode == 0
    rows = board_of(s3, "log")
    assert s3.ask("DELETE", f"log/train/{rows['service-001']['record']}")[0] == 204
    made = of_log(open_store(f"sqlite:///{tmp_path / 'runs.db'}", tmp_path), Bucket(out))
    assert {row.service: row.record for row in made.rows} == {
        "service-000": rows["service-000"]["record"],
        "service-001": "",
    }
    monkeypatch.setenv("RELEASEKIT_STORE", f"sqlite:///{tmp_path / 'runs.db'}")
    done = papermill.execute_notebook(
        shipped().with_name("board.ipynb"), tmp_path / "board.ipynb", {"out": out}, progress_bar=False, cwd=tmp_path
    )
    assert "service-001" in done.cells[-1].outputs[-1].data["text/markdown"]
