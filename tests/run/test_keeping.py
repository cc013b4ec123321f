"""The bytes behind the evidence, beside the record."""

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

from releasekit.probes.collect import collect
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.probes.request import Request
from releasekit.run import keeping
from releasekit.run.keeping import Keeper, keeper
from releasekit.sources.reading import Raw
from tests.probes.asking import CANDIDATE, FRESH, leave, request
from tests.probes.serving import site

CASE = (
    '<testsuite timestamp="{at}"><properties><property name="commit" value="{commit}"/></properties>{body}</testsuite>'
)
GOOD = CASE.format(at=FRESH, commit=CANDIDATE, body="<testcase name='one'/>")


def record(folder: Path) -> Path:
    found = folder / "a-run"
    found.mkdir(exist_ok=True)
    return found


def gathered(folder: Path, given: Request, *probes: str) -> list[Evidence]:
    kept = keeper(record(folder), given)
    assert kept is not None
    found = list(collect([(f"item.{name}", name) for name in probes], given, keep=kept.keep))
    assert kept.trouble == ""
    return found


def index(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((record(folder) / "evidence" / "index.json").read_text())
    return found


def test_the_report_that_was_judged_is_kept_under_the_digest_of_its_event(tmp_path: Path) -> None:
    raw = leave(tmp_path, "ci/unit tests.xml", GOOD).read_bytes()
    (evidence,) = gathered(tmp_path, request(tmp_path, {"reports": {"unit_tests": "ci/*.xml"}}), "junit.unit")
    (line,) = index(tmp_path)["files"]
    assert (line["file"], line["source"], line["bytes"]) == ("0001-unit-tests.xml", "ci/unit tests.xml", len(raw))
    assert line["sha256"] == line["kept_sha256"] == evidence.sha256 == sha256(raw).hexdigest()
    assert (line["judged"][0]["item"], line["judged"][0]["verdict"]) == ("item.junit.unit", "pass")
    assert (record(tmp_path) / "evidence" / line["file"]).read_bytes() == raw


def test_several_reports_of_one_verdict_are_kept_each_by_its_own_digest(tmp_path: Path) -> None:
    for name in ("a", "b"):
        leave(tmp_path, f"ci/{name}.xml", GOOD.replace("one", name))
    (evidence,) = gathered(tmp_path, request(tmp_path, {"reports": {"unit_tests": "ci/*.xml"}}), "junit.unit")
    digests = [line["sha256"] for line in index(tmp_path)["files"]]
    assert evidence.sha256 == sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def test_an_answer_is_kept_with_its_address_and_without_the_secrets_in_it(tmp_path: Path) -> None:
    with site() as shop:
        url = shop.answers("/health", {"status": "UP", "version": "2.4.0", "token": "s3cr3t-of-the-shop"})
        secret = {"HEALTH": f"{url}?key=hidden-key-1", "SHOP_TOKEN": "s3cr3t-of-the-shop"}
        given = request(tmp_path, {"endpoints": {"health": "env:HEALTH"}}, environ=secret)
        (evidence,) = gathered(tmp_path, given, "endpoints.healthy")
    (line,) = index(tmp_path)["files"]
    kept = (record(tmp_path) / "evidence" / line["file"]).read_text()
    assert "[secret SHOP_TOKEN]" in kept
    assert "s3cr3t" not in kept + json.dumps(index(tmp_path))
    assert "hidden-key" not in json.dumps(index(tmp_path))
    assert (line["secrets_replaced"], line["sha256"]) == (1, evidence.sha256)
    assert line["kept_sha256"] == sha256(kept.encode()).hexdigest()


def test_what_is_collected_again_is_kept_once_and_what_changed_beside_it(tmp_path: Path) -> None:
    given = request(tmp_path, {"reports": {"unit_tests": "unit.xml"}})
    leave(tmp_path, "unit.xml", GOOD)
    gathered(tmp_path, given, "junit.unit")
    gathered(tmp_path, given, "junit.unit")
    leave(tmp_path, "unit.xml", GOOD.replace("one", "two"))
    gathered(tmp_path, given, "junit.unit")
    files = index(tmp_path)["files"]
    assert [line["file"] for line in files] == ["0001-unit.xml", "0002-unit.xml"]
    assert [len(line["judged"]) for line in files] == [2, 1]


def test_what_is_too_large_is_listed_and_not_kept(tmp_path: Path) -> None:
    body = "<testcase name='one'/>" + " " * keeping.LARGEST
    leave(tmp_path, "unit.xml", CASE.format(at=FRESH, commit=CANDIDATE, body=body))
    (evidence,) = gathered(tmp_path, request(tmp_path, {"reports": {"unit_tests": "unit.xml"}}), "junit.unit")
    assert index(tmp_path)["files"] == []
    (line,) = index(tmp_path)["not_kept"]
    assert (line["sha256"], "larger than" in line["why"]) == (evidence.sha256, True)


def test_several_who_keep_at_once_lose_nothing(tmp_path: Path) -> None:
    given, folder = request(tmp_path), record(tmp_path)

    def keep(number: int) -> str:
        kept = keeper(folder, given)
        assert kept is not None
        raw = f"report {number}".encode()
        evidence = Evidence(f"item.{number}", "a.probe", Verdict.PASS, "")
        kept.keep(evidence, [Raw("report.txt", raw, sha256(raw).hexdigest())])
        return kept.trouble

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(keep, range(24))) == {""}
    files = index(tmp_path)["files"]
    assert sorted(line["file"] for line in files) == [f"{number:04}-report.txt" for number in range(1, 25)]
    for line in files:
        assert sha256((folder / "evidence" / line["file"]).read_bytes()).hexdigest() == line["sha256"]


def test_a_run_without_a_folder_keeps_nothing_and_a_damaged_index_is_said_and_not_written_over(tmp_path: Path) -> None:
    given = request(tmp_path)
    assert keeper(None, given) is None
    assert keeper(tmp_path / "nowhere", given) is None
    damaged = record(tmp_path) / "evidence" / "index.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    kept = keeper(record(tmp_path), given)
    assert isinstance(kept, Keeper)
    kept.keep(Evidence("i", "p", Verdict.PASS, ""), [Raw("x", b"x", sha256(b"x").hexdigest())])
    assert "damaged" in kept.trouble
    assert damaged.read_text() == "{"
