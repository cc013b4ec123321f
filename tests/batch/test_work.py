from pathlib import Path

import pytest

from releasekit.batch.work import Setting, store_address
from releasekit.errors import InputError
from releasekit.record.place import Bucket, Folder


def test_the_store_is_the_same_for_a_kernel_wherever_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for named, meant in (
        ("", f"sqlite:///{tmp_path}/reports/releases.db"),
        ("sqlite:///runs.db", f"sqlite:///{tmp_path}/runs.db"),
        ("sqlite+pysqlite:///runs.db", f"sqlite+pysqlite:///{tmp_path}/runs.db"),
        ("sqlite:////srv/runs.db", "sqlite:////srv/runs.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://someone@host/runs", "postgresql+psycopg://someone@host/runs"),
    ):
        assert store_address(Folder(Path("reports")), {"RELEASEKIT_STORE": named}) == meant


def test_an_object_store_keeps_no_runs() -> None:
    with pytest.raises(InputError, match="RELEASEKIT_STORE=postgresql"):
        store_address(Bucket("s3://releases"), {})
    assert store_address(Bucket("s3://releases"), {"RELEASEKIT_STORE": "sqlite:////srv/x"}) == "sqlite:////srv/x"


def test_what_a_worker_logs_of_its_job_has_no_password() -> None:
    setting = Setting(Folder(Path("reports")), "postgresql+psycopg://someone:s3cr3t@host/runs")
    assert "s3cr3t" not in repr(setting)
