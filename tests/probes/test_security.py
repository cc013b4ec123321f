from pathlib import Path
from typing import Any

import pytest

from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import CANDIDATE, FRESH, ask, leave, request
from tests.probes.cases_files import sarif, trivy


def scanned(folder: Path, *contents: object, **about: str) -> Evidence:
    for number, content in enumerate(contents):
        leave(folder, f"{number}.json", content)
    return ask("security.scanned", request(folder, {"reports": {"security": {"files": "*.json", **about}}}))


def with_results(*results: dict[str, Any], **run: Any) -> dict[str, Any]:
    log = sarif(CANDIDATE, FRESH, True)
    log["runs"][0] |= {"results": [{"message": {"text": "x"}} | one for one in results], **run}
    return log


def test_what_can_be_mended_comes_first_and_then_the_most_severe(tmp_path: Path) -> None:
    report = trivy(CANDIDATE, FRESH, True)
    rows = (("CVE-1", "CRITICAL", ""), ("CVE-2", "HIGH", "2.1"), ("CVE-3", "CRITICAL", "3.1"), ("CVE-4", "LOW", "1"))
    report["Results"][0]["Vulnerabilities"] = [
        {"VulnerabilityID": name, "PkgName": "p", "InstalledVersion": "1", "Severity": word, "FixedVersion": fixed}
        for name, word, fixed in rows
    ]
    evidence = scanned(tmp_path, report)
    assert evidence.verdict is Verdict.FAIL
    places = [evidence.sentence.index(name) for name in ("CVE-3", "CVE-2", "CVE-1")]
    assert places == sorted(places)
    assert "3 open of high or critical severity (2 with a fix)" in evidence.sentence
    assert "CVE-4" not in evidence.sentence


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ({"level": "error"}, Verdict.FAIL),
        ({"ruleId": "sql"}, Verdict.FAIL),  # its rule says 9.1
        ({"ruleId": "sql/injection"}, Verdict.FAIL),
        ({}, Verdict.PASS),  # no level is a warning, and that is medium
        ({"level": "error", "kind": "pass"}, Verdict.PASS),
        ({"level": "error", "baselineState": "absent"}, Verdict.PASS),
        ({"level": "error", "suppressions": [{"kind": "external", "status": "accepted"}]}, Verdict.PASS),
        ({"level": "error", "suppressions": [{"kind": "inSource"}]}, Verdict.PASS),
        ({"level": "error", "suppressions": [{"kind": "external", "status": "underReview"}]}, Verdict.FAIL),
        ({"level": "error", "suppressions": []}, Verdict.FAIL),
    ],
)
def test_sarif_results_count_as_the_standard_says(result: dict[str, Any], verdict: Verdict, tmp_path: Path) -> None:
    assert scanned(tmp_path, with_results(result)).verdict is verdict


def test_suppressed_results_are_counted_apart(tmp_path: Path) -> None:
    accepted = {"level": "error", "suppressions": [{"kind": "external"}]}
    assert "(1 medium, 2 accepted in the tool)" in scanned(tmp_path, with_results(accepted, accepted, {})).sentence


@pytest.mark.parametrize(
    "run",
    [
        {"invocations": [{"executionSuccessful": False, "endTimeUtc": FRESH}]},
        {"invocations": [{"endTimeUtc": FRESH}]},
        {"results": None},
    ],
)
def test_a_tool_that_did_not_succeed_is_no_evidence(run: dict[str, Any], tmp_path: Path) -> None:
    assert scanned(tmp_path, with_results(**run)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "content",
    [
        {"version": "2.1.0", "runs": []},
        {"version": "2.0.0", "runs": [{}]},
        {"SchemaVersion": 2, "ArtifactName": "shop:2.4.0", "ArtifactType": "container_image", "CreatedAt": FRESH},
        {"dependencies": [], "fixes": []},
        {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 0}}},
        {"auditReportVersion": 2, "error": {"code": "ENOLOCK"}},
        {},
        [],
        '{"version": "2.1.0", "version": "2.1.0", "runs": []}',
        '{"version": "2.1.0", "runs": NaN}',
        "[" * 100_000,
        b"\xff\xfe\x00\xd8",
    ],
)
def test_what_looked_at_nothing_or_is_no_report_is_no_evidence(content: object, tmp_path: Path) -> None:
    assert scanned(tmp_path, content, commit=CANDIDATE).verdict is Verdict.UNKNOWN


def test_one_clean_report_does_not_hide_another_that_failed(tmp_path: Path) -> None:
    clean = sarif(CANDIDATE, FRESH, True)
    assert scanned(tmp_path, clean, sarif(CANDIDATE, FRESH, False)).verdict is Verdict.FAIL
    assert scanned(tmp_path, clean, with_results(results=None)).verdict is Verdict.UNKNOWN


def test_an_image_says_its_commit_in_its_labels(tmp_path: Path) -> None:
    report = trivy(CANDIDATE, FRESH, True) | {"ArtifactName": "shop:latest"}
    assert scanned(tmp_path, report).verdict is Verdict.WARN
    labels = {"org.opencontainers.image.revision": CANDIDATE}
    report["Metadata"]["ImageConfig"] = {"config": {"Labels": labels}}
    assert scanned(tmp_path, report).verdict is Verdict.PASS


def test_a_report_without_a_time_or_a_commit_is_a_warning(tmp_path: Path) -> None:
    log = sarif(CANDIDATE, FRESH, True)
    del log["runs"][0]["versionControlProvenance"]
    assert "for which commit" in scanned(tmp_path, log).sentence
    del log["runs"][0]["invocations"]
    evidence = scanned(tmp_path, log, commit=CANDIDATE)
    assert (evidence.verdict, "when it was made" in evidence.sentence) == (Verdict.WARN, True)


def test_packages_that_pip_audit_skipped_are_named(tmp_path: Path) -> None:
    skipped = {"name": "own", "skip_reason": "not on PyPI"}
    report = {"dependencies": [{"name": "flask", "version": "3", "vulns": []}, skipped], "fixes": []}
    assert "not looked at: own" in scanned(tmp_path, report, commit=CANDIDATE).sentence
    only = {"dependencies": [skipped], "fixes": []}
    assert scanned(tmp_path, only, commit=CANDIDATE).verdict is Verdict.UNKNOWN


def test_the_age_limit_of_one_report_goes_before_the_general_one(tmp_path: Path) -> None:
    assert scanned(tmp_path, sarif(CANDIDATE, FRESH, True), max_age="2h").verdict is Verdict.UNKNOWN
    assert scanned(tmp_path, sarif(CANDIDATE, FRESH, True), max_age="4h").verdict is Verdict.PASS


def test_a_report_of_the_future_is_no_evidence(tmp_path: Path) -> None:
    evidence = scanned(tmp_path, sarif(CANDIDATE, "2026-11-23T13:00:00Z", True))
    assert (evidence.verdict, "yet to come" in evidence.sentence) == (Verdict.UNKNOWN, True)
