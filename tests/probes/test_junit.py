from pathlib import Path

import pytest

from releasekit.probes.evidence import Verdict
from releasekit.probes.judges.junit import judge
from releasekit.probes.reports import Stamp, standing
from releasekit.sources.files import ReportFile
from releasekit.sources.junit import Case, Report
from tests.probes.asking import CANDIDATE, NOW, OTHER, ask, leave, request

PASSED, FAILED, SKIPPED = Case("a", "passed"), Case("b", "failed"), Case("c", "skipped")


def verdict(
    *cases: Case, names: str | None = CANDIDATE, declared: str | None = None, candidate: str = CANDIDATE
) -> Verdict:
    file = ReportFile("unit.xml", b"", "00" * 32, NOW.timestamp())
    about = {"files": "unit.xml"} | ({"commit": declared} if declared else {})
    asked = request(Path(), {"reports": {"unit_tests": about}}, candidate=candidate)
    return judge(
        [Report(cases, names)], standing(asked, "unit_tests", [Stamp(file, names)]), candidate, "unit tests"
    ).verdict


def test_cases_that_passed_for_the_candidate_are_a_pass() -> None:
    assert verdict(PASSED) is Verdict.PASS
    assert verdict(PASSED, SKIPPED, names=CANDIDATE[:12]) is Verdict.PASS
    assert verdict(PASSED, names=None, declared=CANDIDATE) is Verdict.PASS


def test_one_failed_case_is_a_failure() -> None:
    assert verdict(PASSED, FAILED) is Verdict.FAIL
    assert verdict(PASSED, Case("e", "error")) is Verdict.FAIL


def test_no_case_that_ran_is_no_evidence() -> None:
    assert verdict() is Verdict.UNKNOWN
    assert verdict(SKIPPED) is Verdict.UNKNOWN


def test_a_report_of_another_commit_is_no_evidence_even_when_it_failed() -> None:
    assert verdict(PASSED, names=OTHER) is Verdict.UNKNOWN
    assert verdict(FAILED, names=OTHER) is Verdict.UNKNOWN
    assert verdict(PASSED, declared=OTHER) is Verdict.UNKNOWN
    assert verdict(PASSED, candidate="") is Verdict.UNKNOWN


def test_a_report_that_names_no_commit_is_capped_at_a_warning() -> None:
    assert verdict(PASSED, names=None) is Verdict.WARN
    assert verdict(FAILED, names=None) is Verdict.FAIL


@pytest.mark.parametrize("short", ["", "c", "cccccc"])
def test_fewer_than_seven_digits_name_no_commit(short: str) -> None:
    assert verdict(PASSED, names=short or None) is not Verdict.PASS


def test_a_case_that_needed_a_second_run_is_a_warning() -> None:
    assert verdict(PASSED, Case("f", "passed", flaky=True)) is Verdict.WARN


def test_the_unit_tests_report_is_no_report_of_integration_tests(tmp_path: Path) -> None:
    leave(tmp_path, "unit.xml", '<testsuite><testcase name="a"/></testsuite>')
    reports = {"unit_tests": {"files": "*.xml"}, "integration_tests": {"files": "unit.xml", "commit": CANDIDATE}}
    found = ask("junit.integration", request(tmp_path, {"reports": reports}))
    assert (found.verdict, found.sentence) == (Verdict.UNKNOWN, "unit.xml is also the report of the unit tests")
