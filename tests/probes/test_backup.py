import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import NOW, ask, leave, request
from tests.run.postgresql import Server

RECENT, OLD = NOW - timedelta(hours=3), NOW - timedelta(hours=25)


def made(folder: Path, glob: str = "*.dump", **about: str) -> Evidence:
    return ask("backup.made", request(folder, {"reports": {"backup": {"files": glob, **about}}}))


@pytest.fixture(scope="module")
def dumps(postgresql: Server, require: Callable[[str], Path]) -> dict[str, bytes]:
    """What pg_dump writes of a small database, by format."""
    name = postgresql.new_database()
    postgresql.sql("CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id", name)
    command = [str(require("pg_dump")), "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", "-d", name]
    return {
        form: subprocess.run([*command, f"--format={form}"], check=True, capture_output=True).stdout
        for form in ("custom", "plain")
    }


@pytest.mark.parametrize("form", ["custom", "plain"])
def test_a_whole_recent_dump_passes_and_one_that_was_cut_off_fails(
    form: str, dumps: dict[str, bytes], tmp_path: Path
) -> None:
    leave(tmp_path, "shop.dump", dumps[form], modified=RECENT)
    evidence = made(tmp_path)
    assert (evidence.verdict, "3 hours old" in evidence.sentence) == (Verdict.PASS, True), evidence.sentence
    cut = dumps[form][:200] if form == "custom" else dumps[form][: len(dumps[form]) // 2]
    leave(tmp_path, "shop.dump", cut, modified=RECENT)
    assert made(tmp_path).verdict is Verdict.FAIL


def test_an_old_or_empty_one_fails_and_none_is_unknown(dumps: dict[str, bytes], tmp_path: Path) -> None:
    assert made(tmp_path).verdict is Verdict.UNKNOWN
    assert ask("backup.made", request(tmp_path)).verdict is Verdict.UNKNOWN
    leave(tmp_path, "shop.dump", b"", modified=RECENT)
    assert made(tmp_path).verdict is Verdict.FAIL
    leave(tmp_path, "shop.dump", dumps["plain"], modified=OLD)
    assert made(tmp_path).verdict is Verdict.FAIL
    assert made(tmp_path, max_age="2d").verdict is Verdict.PASS
    leave(tmp_path, "shop.dump", dumps["plain"], modified=NOW + timedelta(hours=1))
    assert made(tmp_path).verdict is Verdict.UNKNOWN


def test_the_newest_counts_and_one_that_suddenly_shrank_is_a_warning(dumps: dict[str, bytes], tmp_path: Path) -> None:
    leave(tmp_path, "1.dump", dumps["plain"] + b" " * 100_000, modified=OLD)
    leave(tmp_path, "2.dump", dumps["plain"], modified=RECENT)
    assert "less than half" in made(tmp_path).sentence


def test_what_nothing_here_can_look_into_is_a_warning(tmp_path: Path) -> None:
    leave(tmp_path, "shop.dump", b"\x1f\x8b whatever", modified=RECENT)
    assert made(tmp_path).verdict is Verdict.WARN


def test_a_dump_larger_than_any_report_is_not_read_whole(dumps: dict[str, bytes], tmp_path: Path) -> None:
    path = leave(tmp_path, "shop.dump", dumps["plain"][:60])
    with path.open("r+b") as file:
        file.truncate(1 << 34)  # sparse
        file.seek(0, os.SEEK_END)
        file.write(b"--\n-- PostgreSQL database dump complete\n--\n")
    os.utime(path, (RECENT.timestamp(), RECENT.timestamp()))
    evidence = made(tmp_path)
    assert (evidence.verdict, "16 GiB" in evidence.sentence) == (Verdict.PASS, True)


def stanza(code: int = 0, stop: datetime = RECENT, error: bool = False) -> list[dict[str, Any]]:
    """As `pgbackrest info --output=json` documents it."""
    one = {"label": "20261123-090000F", "type": "full", "error": error, "info": {"size": 5_000_000}}
    one["timestamp"] = {"start": int(stop.timestamp()) - 60, "stop": int(stop.timestamp())}
    return [{"name": "shop", "status": {"code": code, "message": "ok" if not code else "missing"}, "backup": [one]}]


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (stanza(), Verdict.PASS),
        (stanza(code=1), Verdict.FAIL),
        (stanza(error=True), Verdict.FAIL),
        (stanza(stop=OLD), Verdict.FAIL),
        (stanza() + stanza(stop=OLD), Verdict.FAIL),
        (stanza(stop=datetime(1970, 1, 1, tzinfo=UTC)), Verdict.UNKNOWN),
        ([stanza()[0] | {"backup": []}], Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
        ({}, Verdict.UNKNOWN),
        ("[{", Verdict.UNKNOWN),
    ],
)
def test_pgbackrest_says_it_of_each_stanza(content: object, verdict: Verdict, tmp_path: Path) -> None:
    leave(tmp_path, "info.json", content)
    assert made(tmp_path, "info.json").verdict is verdict
