from pathlib import Path

import pytest

from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import CANDIDATE, OTHER, STALE, ask, leave, request

JUNIT = (
    f'<testsuite><properties><property name="commit" value="{CANDIDATE}"/></properties><testcase name="a"/></testsuite>'
)
COBERTURA = """<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.9" timestamp="1795424400000"><packages><package><classes><class name="a">
<methods><method name="m"><lines><line number="1" hits="1"/></lines></method></methods>
<lines><line number="1" hits="1"/><line number="2" hits="0"/>
<line number="3" hits="2"/><line number="4" hits="1"/></lines>
</class></classes></package></packages></coverage>"""


def found(folder: Path, content: object, **about: str) -> Evidence:
    leave(folder, "unit.xml", JUNIT)
    leave(folder, "coverage", content)
    reports = {"unit_tests": "unit.xml", "coverage": {"files": "coverage", "commit": CANDIDATE, **about}}
    return ask("junit.unit", request(folder, {"reports": reports}))


@pytest.mark.parametrize(
    "content", [COBERTURA, {"meta": {}, "totals": {"covered_lines": 3, "num_statements": 4, "percent_covered": 99}}]
)
def test_lines_are_counted_and_added_to_the_unit_tests_sentence(content: object, tmp_path: Path) -> None:
    evidence = found(tmp_path, content)
    assert evidence.verdict is Verdict.PASS
    assert evidence.sentence.endswith("; 75.0 % of 4 lines covered")
    assert evidence.source == "unit.xml, coverage"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "<html/>",
        COBERTURA[:200],
        {"totals": {"covered_lines": 5, "num_statements": 4}},
        {"totals": {"covered_lines": 0, "num_statements": 0}},
        {"meta": {"timestamp": STALE}, "totals": {"covered_lines": 3, "num_statements": 4}},
    ],
)
def test_coverage_that_says_nothing_turns_a_pass_into_a_warning(content: object, tmp_path: Path) -> None:
    assert found(tmp_path, content).verdict is Verdict.WARN


def test_coverage_of_another_commit_is_named_and_not_counted(tmp_path: Path) -> None:
    evidence = found(tmp_path, COBERTURA, commit=OTHER)
    assert evidence.verdict is Verdict.WARN
    assert "is for the commit dddddddddd" in evidence.sentence
