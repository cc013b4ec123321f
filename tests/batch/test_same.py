"""The record of a service is the same whoever makes it: run, batch, a cluster, in a folder or an object store.

So is the notebook of plain Papermill, as far as there is one: its cells and what they put out.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.record.resources import find
from tests.archive.seaweedfs import S3, real_time
from tests.batch import sameness
from tests.batch.scheduler import WORKER, cluster
from tests.run.postgresql import Server

Make = Callable[..., dict[str, str]]


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    """The file of the example service, which has a history, reports and metrics."""
    return write_parameters(lay_out(tmp_path / "demo"), find("parameters"))


def made(root: Path, verb: str, parameters: Path, *options: object, **environ: str) -> None:
    command = [sys.executable, "-m", "releasekit", verb, parameters, *options]
    done = subprocess.run(
        list(map(str, command)), cwd=root, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_run_batch_and_the_cells_of_plain_papermill_say_the_same(tmp_path: Path, parameters: Path) -> None:
    made(tmp_path, "run", parameters, "--out", "by-run")
    made(tmp_path, "batch", parameters, "--out", "by-batch")
    by_run = sameness.record(tmp_path / "by-run")
    assert '"status": "open"' in by_run["release.json"]
    assert sameness.record(tmp_path / "by-batch") == by_run
    papermill = [sys.executable, "-m", "papermill", find("notebooks/release.ipynb"), "plain.ipynb", "-f", parameters]
    here = ["-p", "base", os.path.relpath(parameters.parent, tmp_path), "--no-progress-bar"]
    subprocess.run([*map(str, papermill), *here], cwd=tmp_path, check=True, capture_output=True)
    plain, ours = (tmp_path / "plain.ipynb").read_text(), by_run["release.ipynb"]
    assert len(sameness.cells(plain)) == len(sameness.cells(ours)) > 10
    for one, other in zip(sameness.cells(plain), sameness.cells(ours), strict=True):
        assert one == other


@real_time
def test_a_cluster_whose_workers_share_no_folder_writes_the_same_record(
    tmp_path: Path, parameters: Path, postgresql: Server, s3: S3
) -> None:
    def store() -> str:
        return postgresql.url(postgresql.new_database())

    made(tmp_path, "run", parameters, "--out", "by-run", RELEASEKIT_STORE=store())
    by_run = sameness.record(tmp_path / "by-run")
    address = s3.bucket("same") + "/train/42"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with cluster(elsewhere, WORKER) as scheduler:
        made(tmp_path, "batch", parameters, "--out", "shared", "--cluster", scheduler, RELEASEKIT_STORE=store())
        made(tmp_path, "batch", parameters, "--out", address, "--cluster", scheduler, RELEASEKIT_STORE=store())
    assert sameness.record(tmp_path / "shared") == by_run
    for name, raw in s3.objects("same").items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    kept = sameness.record(tmp_path / "train/42")
    assert sameness.dumped(kept) == sameness.without_base(by_run)
    assert list(elsewhere.rglob("release.*")) == []
    assert "unit-tests.xml" in kept["evidence"]
