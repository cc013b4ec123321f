"""Go, no-go or cannot tell: the published rule, case by case."""

from pathlib import Path

from releasekit.probes.evidence import Verdict
from releasekit.run.readiness import readiness
from releasekit.run.run import Run
from releasekit.run.state import Readiness, RunState
from tests.run.samples import (
    ALICE,
    BOB,
    BROKEN,
    CERTIFICATES,
    DEPLOYED,
    HEALTH,
    ITEMS,
    LOAD,
    RESTORE,
    SLOW,
    UAT,
    UNIT,
    Clock,
    begin_in,
    found,
    plan,
)

REASON = "no certificate was found in 12 files"


def judged(run: Run, clock: Clock | None = None) -> Readiness:
    return readiness(run.refresh(), (clock or Clock())())


def ready_for_people(tmp_path: Path, clock: Clock | None = None) -> Run:
    run = begin_in(tmp_path, clock)
    run.add_evidence(found())
    return run


def answered(run: Run) -> None:
    run.tick(UAT, note="approved")
    run.exclude([CERTIFICATES], "the load balancer has them")
    run.sign("technical_lead")
    Run(run.store, run.run_id, BOB, Clock()).sign("release_manager")


def test_without_a_plan_nothing_can_be_told() -> None:
    ready = readiness(RunState("r", "shop", "2.4.0", "production"), Clock()())
    assert (ready.machine, ready.all) == ("cannot-tell", "cannot-tell")


def test_passed_evidence_is_go_for_machines_while_people_are_waited_for(tmp_path: Path) -> None:
    ready = judged(ready_for_people(tmp_path))
    assert (ready.machine, ready.all, ready.blocked) == ("go", "cannot-tell", ())
    assert ready.waiting == (
        "“User acceptance testing approved” waits for product owner",
        f"“SSL certificates valid” is proposed not applicable ({REASON}): confirm it, or say that it applies",
        "Technical Lead has not signed (go)",
        "Release Manager has not signed (go)",
    )


def test_when_people_have_answered_too_it_is_go_for_all(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    answered(run)
    assert judged(run) == Readiness("go", "go")


def test_a_failed_test_is_no_go_whoever_ticks_it(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    answered(run)
    run.add_evidence(found(verdict=Verdict.FAIL, sentence="2 of 14 tests failed."))
    run.tick(UNIT, note="flaky")
    ready = judged(run)
    assert (ready.machine, ready.all) == ("no-go", "no-go")
    assert ready.blocked[0] == "“All unit tests passing” failed: 2 of 14 tests failed (reports/junit.xml:1)"


def test_no_evidence_and_unknown_evidence_cannot_be_told(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    assert judged(run).machine == "cannot-tell"
    assert judged(run).blocked == ("“All unit tests passing” is unknown: no evidence was collected",)
    run.add_evidence(found(verdict=Verdict.UNKNOWN, sentence="the report has no tests"))
    assert judged(run).machine == "cannot-tell"
    assert "the report has no tests" in judged(run).blocked[0]


def test_a_tick_on_unknown_evidence_is_a_persons_answer_and_no_machines(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.tick(UNIT)
    run.tick(UAT, note="approved")
    run.exclude([CERTIFICATES], "the load balancer has them")
    run.sign("technical_lead")
    Run(run.store, run.run_id, BOB, Clock()).sign("release_manager")
    assert (judged(run).machine, judged(run).all) == ("cannot-tell", "cannot-tell")
    run.note(UNIT, "pipeline 812 is green", "https://ci.example/812")
    assert (judged(run).machine, judged(run).all) == ("cannot-tell", "go")
    assert "alice answered it: pipeline 812 is green" in judged(run).blocked[0]


def test_a_warning_is_go_with_its_sentence(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found(verdict=Verdict.WARN, sentence="the report names no commit"))
    ready = judged(run)
    assert ready.machine == "go"
    assert ready.remarks == ("“All unit tests passing” passed with a warning: the report names no commit",)


def test_a_waiver_lifts_a_failure_until_it_ends(tmp_path: Path) -> None:
    clock = Clock()
    run = begin_in(tmp_path, clock)
    run.add_evidence(found(verdict=Verdict.FAIL))
    run.waive(UNIT, "flaky, issue 77", until="2026-11-24")
    assert judged(run, clock).machine == "go"
    assert judged(run, clock).remarks == ("“All unit tests passing” is waived by alice: flaky, issue 77",)
    clock.move(hours=42)
    assert judged(run, clock).machine == "go"
    clock.move(hours=2)
    assert judged(run, clock).machine == "no-go"


def test_a_tick_that_only_a_person_can_give_needs_a_note_or_a_link(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    run.tick(UAT)
    assert "“User acceptance testing approved” was ticked by alice without a note or a link that shows it" in (
        judged(run).waiting
    )


def test_the_level_decides_what_is_required(tmp_path: Path) -> None:
    strict = begin_in(tmp_path / "a", bound=plan(level="A"))
    mild = begin_in(tmp_path / "b", bound=plan(level="B"))
    load = next(item.text for item in ITEMS if item.id == LOAD)
    assert any(load in sentence for sentence in judged(strict).waiting)
    assert not any(load in sentence for sentence in judged(mild).waiting)


def test_a_refused_signature_is_no_go_for_all_and_not_for_machines(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    answered(run)
    run.refuse("technical_lead", "the load test was too short")
    ready = judged(run)
    assert (ready.machine, ready.all) == ("go", "no-go")
    assert ready.waiting == ("Technical Lead: alice refused to sign (go): the load test was too short",)


def test_triggers_are_watched_from_deploy_on_and_answered_from_verify_on(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    answered(run)
    run.enter("deploy")
    run.tick(DEPLOYED, note="rolled out")
    assert judged(run).machine == "go"
    run.enter("verify")
    run.tick(HEALTH, note="answers")
    ready = judged(run)
    assert (ready.machine, ready.all) == ("cannot-tell", "cannot-tell")
    assert ready.waiting == ("nobody has said whether “Critical functionality broken” fired: technical lead",)
    run.add_evidence(found(SLOW))
    run.clear(BROKEN, note="clicked through")
    assert (judged(run).machine, judged(run).all) == ("go", "go")
    run.tick(BROKEN, note="checkout is down")
    ready = judged(run)
    assert ready.machine == "no-go"
    assert ready.blocked == ("the rollback trigger “Critical functionality broken” fired: alice said so",)


def test_once_a_rollback_began_its_steps_are_what_is_due(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.enter("deploy", override="hotfix")
    run.tick(BROKEN)
    assert judged(run).machine == "no-go"
    run.begin_rollback("checkout is down")
    ready = judged(run)
    assert (ready.machine, ready.all) == ("go", "cannot-tell")
    assert ready.waiting == ("“Restore database from backup (if needed)” waits for devops engineer",)
    run.tick(RESTORE, note="restored")
    assert judged(run).all == "go"


def test_what_an_override_passed_over_is_a_remark_and_not_asked_again(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.enter("deploy", override="hotfix, agreed with carol")
    ready = judged(run)
    assert ready.blocked == ()
    assert ready.remarks == ("alice went on to deploy all the same: hotfix, agreed with carol",)
    assert ready.waiting == ("“New application version deployed” waits for devops engineer",)


def test_an_item_that_somebody_took_waits_for_that_person(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    run.assign(UAT, "carol")
    assert ready_names(run) == "“User acceptance testing approved” waits for carol"


def ready_names(run: Run) -> str:
    return judged(run).waiting[0]


def test_at_closing_signatures_are_needed_anew(tmp_path: Path) -> None:
    run = ready_for_people(tmp_path)
    answered(run)
    run.enter("close", override="drill")
    assert "Technical Lead has not signed (close)" in judged(run).waiting
    Run(run.store, run.run_id, ALICE, Clock()).sign("technical_lead", "close")
    assert "Technical Lead has not signed (close)" not in judged(run).waiting
