import pytest

from releasekit.errors import SourceError
from releasekit.sources.junit import read

COMMIT = "cbcb9af931096e960b1c89a65e2f2d5788cc31ec"


def test_cases_are_counted_and_not_the_attributes_that_claim_to_count_them() -> None:
    report = read(
        b'<testsuite tests="9" failures="0"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>',
        "x",
    )
    assert (report.count("passed"), report.count("failed")) == (1, 1)


def test_nested_suites_and_namespaces_are_followed() -> None:
    report = read(
        b'<testsuites xmlns="urn:x"><testsuite><testsuite><testcase classname="k" name="a"><skipped/></testcase>'
        b"</testsuite></testsuite><testsuite><testcase name='b'><error/></testcase></testsuite></testsuites>",
        "x",
    )
    assert [(case.name, case.result) for case in report.cases] == [("k.a", "skipped"), ("b", "error")]


def test_a_property_names_the_commit() -> None:
    raw = f'<testsuite><properties><property name="commit" value="{COMMIT}"/></properties></testsuite>'
    assert read(raw.encode(), "x").commit == COMMIT
    assert read(b"<testsuite/>", "x").commit is None


def test_a_case_that_passed_only_on_a_second_run_is_flaky() -> None:
    assert read(b"<testsuite><testcase name='a'><flakyFailure/></testcase></testsuite>", "x").cases[0].flaky


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no xml",
        b"<html/>",
        b"<testsuite><testcase>",
        b'<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite/>',
        b'<!DOCTYPE t [<!ENTITY a "b">]><testsuite name="&a;"/>',
        b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>',
        b"<testsuite>" * 200_000,
        b'<?xml version="1.0" encoding="no-such"?><testsuite/>',
        b"\xff\xfe<\x00t\x00e",
    ],
)
def test_what_is_no_report_is_one_error_that_names_the_file(raw: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read(raw, "unit.xml")
    assert caught.value.problems[0].where == "unit.xml"


def test_a_report_that_names_two_commits_is_refused() -> None:
    properties = "".join(f'<property name="commit" value="{digit * 40}"/>' for digit in "ab")
    with pytest.raises(SourceError, match="names 2 commits"):
        read(f"<testsuite><properties>{properties}</properties></testsuite>".encode(), "x")
