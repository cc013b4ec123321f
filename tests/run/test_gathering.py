"""What machines are asked, phase by phase."""

from dataclasses import replace
from pathlib import Path

from releasekit import document
from releasekit.checklist.model import Applies, Phase
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.run.gathering import informed, not_due, wanted
from releasekit.run.readiness import readiness
from releasekit.run.run import Run
from releasekit.run.state import Status
from tests.probes.asking import request
from tests.run.samples import (
    BACKUP,
    BROKEN,
    CERTIFICATES,
    DEPLOYED,
    ITEMS,
    RESTORE,
    REVIEW,
    SLOW,
    UAT,
    UNIT,
    Clock,
    begin_in,
    plan,
)

PROBED = tuple(replace(item, probe=f"p.{item.id}") for item in ITEMS if item.kind != "sign-off")
HINT = "facts.acceptance"


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


def test_what_brings_facts_is_asked_too_and_decides_nothing(tmp_path: Path) -> None:
    items = tuple(replace(item, hint=HINT) if item.id == UAT else item for item in ITEMS)
    run = begin_in(tmp_path, bound=plan(items))
    assert (UAT, HINT) in wanted(run.refresh())
    before = readiness(run.state, Clock()())
    for verdict in Verdict:  # an outsider's probe may answer anything
        run.add_evidence(Evidence(UAT, HINT, verdict, "accepted.pdf, 5 hours old"))
        assert run.state.items[UAT].status is Status.OPEN
        assert readiness(run.state, Clock()()) == before
    shown = document.markdown(document.checklist(run.state))
    assert "accepted.pdf, 5 hours old" in shown
    assert "- [x]" not in shown
    run.tick(UAT, note="by Mary, today")
    assert run.state.items[UAT].status is Status.DONE


def test_facts_are_told_what_happened_in_the_run(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.note(UAT, "see the minutes", "https://example.com/minutes")
    log = informed(request(tmp_path), run.store.events(run.run_id)).log
    assert (log[0].kind, log[-1].kind, log[-1].item, log[-1].by) == ("run.opened", "item.noted", UAT, "alice")
    assert log[-1].data["link"] == "https://example.com/minutes"
    assert log[-1].at.tzinfo is not None
