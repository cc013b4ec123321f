from pathlib import Path

import pytest

from releasekit.checklist.template import load
from releasekit.probes.catalog import PROBES
from releasekit.probes.evidence import FACTS
from tests.probes import table
from tests.probes.asking import ask, request
from tests.probes.matrix import GREEN, Case, World

CASES = table.cases()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_state_of_each_source_gives_its_verdict(case: Case, world: World, tmp_path: Path) -> None:
    evidence = ask(case.probe, case.arrange(tmp_path, world))
    assert evidence.verdict is case.verdict, evidence.sentence
    assert evidence.sentence
    if evidence.verdict not in GREEN:
        assert evidence.next, evidence.sentence


def test_nothing_but_good_evidence_is_green() -> None:
    assert [str(case) for case in CASES if case.verdict in GREEN and case.state != "good"] == []


@pytest.mark.parametrize("probe", PROBES)
def test_with_nothing_configured_nothing_is_green_and_the_line_that_would_help_is_named(
    probe: str, tmp_path: Path
) -> None:
    evidence = ask(probe, request(tmp_path, candidate="", running=""))
    assert evidence.verdict not in GREEN, evidence.sentence
    assert evidence.next


def test_the_table_that_people_read_is_the_one_that_is_tested() -> None:
    do = "write it again: python -m tests.probes.table"
    assert table.PLACE.read_text(encoding="utf-8") == table.table(), do


def test_each_source_has_a_good_and_a_missing_case_and_what_can_fail_a_bad_one() -> None:
    states: dict[str, set[str]] = {}
    for case in CASES:
        states.setdefault(case.probe, set()).add(case.state)
    assert set(PROBES) - set(states) == set()
    assert [probe for probe, found in states.items() if "missing" not in found] == []


def test_every_probe_of_the_checklist_is_in_the_catalog() -> None:
    items = [entry.item for entry in load().entries]
    assert {name for item in items for name in (item.probe, item.hint) if name} - set(PROBES) == set()
    assert {item.probe for item in items if item.probe.startswith(FACTS)} == set()
    assert {item.hint for item in items if item.hint and not item.hint.startswith(FACTS)} == set()
    assert sum(bool(item.probe or item.hint) for item in items) >= 40
