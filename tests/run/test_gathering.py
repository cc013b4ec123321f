"""What machines are asked, phase by phase."""

from dataclasses import replace
from pathlib import Path

from releasekit import document
from releasekit.checklist.model import Applies, Phase
from releasekit.run.gathering import not_due, wanted
from releasekit.run.run import Run
from tests.run.samples import BACKUP, BROKEN, CERTIFICATES, DEPLOYED, ITEMS, RESTORE, REVIEW, SLOW, UNIT, begin_in, plan

PROBED = tuple(replace(item, probe=f"p.{item.id}") for item in ITEMS if item.kind != "sign-off")


def begun(folder: Path) -> Run:
    return begin_in(folder, bound=plan(PROBED))


def asked(run: Run, *only: str) -> set[str]:
    return {item for item, _ in wanted(run.refresh(), only)}


def test_before_the_deployment_nothing_is_asked_that_only_the_deployment_makes_true(tmp_path: Path) -> None:
    run = begun(tmp_path)
    assert {item.phase for item in PROBED if item.id in asked(run)} == {Phase.PREPARE}
    assert {DEPLOYED, BROKEN, SLOW, REVIEW}.isdisjoint(asked(run))
    assert {item.id for item in not_due(run.state)} >= {DEPLOYED, BROKEN, SLOW, REVIEW}
    assert RESTORE not in {item.id for item in not_due(run.state)}


def test_each_phase_asks_its_own_items_and_the_earlier_ones_and_triggers_from_deploy_on(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run.enter("deploy", override="a test")
    assert {UNIT, DEPLOYED, BROKEN, SLOW} <= asked(run)
    assert REVIEW not in asked(run)
    run.enter("close", override="a test")
    assert REVIEW in asked(run)
    assert RESTORE not in asked(run)


def test_after_a_rollback_began_its_steps_are_asked_and_nothing_of_the_version_that_left(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run.enter("deploy", override="a test")
    run.begin_rollback("it is broken")
    assert asked(run) == {RESTORE}
    assert {item.id for item in not_due(run.state)} == {REVIEW}


def test_an_item_that_is_named_is_asked_in_any_phase_unless_it_does_not_apply(tmp_path: Path) -> None:
    run = begun(tmp_path)
    assert asked(run, DEPLOYED, BACKUP) == {DEPLOYED}
    assert next(item.applies for item in PROBED if item.id == BACKUP) is Applies.NO
    run.include(BACKUP)
    assert asked(run, BACKUP) == {BACKUP}
    assert CERTIFICATES in asked(run)  # proposed is not decided


def test_a_closed_run_asks_nobody(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run.close("abandoned")
    assert (asked(run), asked(run, UNIT), not_due(run.state)) == (set(), set(), ())


def test_the_checklist_says_of_what_is_not_due_that_it_is_not_due(tmp_path: Path) -> None:
    run = begun(tmp_path)
    shown = document.markdown(document.checklist(run.refresh()))
    assert shown.count("Not due yet: sources are asked from phase deploy on.") == 3  # the deployment and two triggers
    run.enter("deploy", override="a test")
    assert "from phase deploy on" not in document.markdown(document.checklist(run.refresh()))
