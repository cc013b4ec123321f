"""What may be done in a run, and what is refused, against a real SQLite file."""

import dataclasses
from pathlib import Path

import pytest

from releasekit.checklist.model import Phase
from releasekit.errors import InputError, RefusedError
from releasekit.probes.evidence import Verdict
from releasekit.run import claims
from releasekit.run.course import status, status_now
from releasekit.run.events import Event
from releasekit.run.run import Run
from releasekit.run.state import RunState, Status
from releasekit.run.store import DamagedError
from tests.run.samples import (
    ALICE,
    BACKUP,
    BOB,
    BROKEN,
    CERTIFICATES,
    DEPLOYED,
    HEALTH,
    LEAD,
    MANAGER,
    RESTORE,
    SLOW,
    START,
    UAT,
    UNIT,
    Clock,
    begin_in,
    found,
    plan,
)


def other(run: Run) -> Run:
    """The same run as another person has it open."""
    return Run(run.store, run.run_id, BOB, Clock())


def statuses(run: Run, *items: str) -> list[Status]:
    return [run.state.items[item].status for item in items]


def test_a_new_run_shows_every_item_as_it_stands(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    assert statuses(run, UNIT, BACKUP, BROKEN, RESTORE, LEAD) == [
        Status.OPEN,
        Status.NOT_APPLICABLE,
        Status.UNKNOWN,
        Status.NOT_ENTERED,
        Status.OPEN,
    ]
    assert (run.state.opened_by, run.state.phase, run.state.size) == ("alice", Phase.PREPARE, 2)


def test_a_tick_is_there_for_whoever_reads_the_run_next(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.tick(UAT, note="approved in the meeting", link="https://tracker.example/42")
    item = other(run).state.items[UAT]
    assert (item.ticked, item.by, item.status, item.version) == (True, "alice", Status.DONE, 1)
    assert (item.notes[0].text, item.notes[0].link) == ("approved in the meeting", "https://tracker.example/42")
    run.untick(UAT)
    assert run.state.items[UAT].status is Status.OPEN


def test_who_saw_an_older_version_is_told_who_was_first(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    late = other(run)
    assert late.state.items[UAT].version == 0
    run.tick(UAT)
    heard: list[tuple[Event, ...]] = []
    late.subscribe(lambda events, state: heard.append(events))
    with pytest.raises(
        RefusedError, match="alice was first: ticked “User acceptance testing approved” at 2026-11-23T05"
    ):
        late.tick(UAT)
    assert [event.kind for event in heard[0]] == ["item.ticked"]
    with pytest.raises(RefusedError, match="was ticked already, by alice"):
        late.tick(UAT)


def test_evidence_and_notes_do_not_refuse_a_person_who_has_not_seen_them(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    late = other(run)
    assert not late.state.items[UNIT].ticked
    run.add_evidence(found())
    run.note(UNIT, "looked at it")
    late.tick(UNIT)
    assert late.state.items[UNIT].by == "bob"


def test_failed_evidence_stays_failed_whoever_ticks_it(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found(verdict=Verdict.FAIL, sentence="2 of 14 tests failed"))
    run.tick(UNIT, note="flaky")
    item = run.state.items[UNIT]
    assert (item.status, item.ticked, item.by) == (Status.FAILED, True, "alice")
    run.waive(UNIT, "known flaky test", until="2026-11-30", approver="carol")
    item = run.state.items[UNIT]
    assert item.status is Status.WAIVED
    assert item.waiver is not None
    assert (item.waiver.verdict, item.waiver.sentence) == ("fail", "2 of 14 tests failed")
    assert item.evidence[0].verdict is Verdict.FAIL


def test_of_each_probe_the_latest_evidence_counts(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found(verdict=Verdict.FAIL), found())
    assert statuses(run, UNIT) == [Status.PASSED]
    assert len(run.state.items[UNIT].evidence) == 1
    run.add_evidence(found(verdict=Verdict.UNKNOWN, sentence="the report is empty"))
    assert statuses(run, UNIT) == [Status.UNKNOWN]


def test_a_trigger_is_ticked_when_it_fired_and_cleared_when_it_did_not(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.tick(BROKEN)
    assert statuses(run, BROKEN) == [Status.FIRED]
    run.clear(BROKEN, note="it was the test account")
    assert statuses(run, BROKEN) == [Status.CLEAR]
    run.add_evidence(found(SLOW, Verdict.FAIL, "p95 is 80 % above its baseline"))
    assert statuses(run, SLOW) == [Status.FIRED]
    with pytest.raises(RefusedError, match="is no rollback trigger"):
        run.clear(UAT)


def test_rollback_steps_are_entered_by_a_rollback_and_a_rollback_needs_a_deployment(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(RefusedError, match="begin the rollback first"):
        run.tick(RESTORE)
    with pytest.raises(RefusedError, match="nothing was deployed yet"):
        run.begin_rollback("errors")
    run.enter("deploy", override="drill")
    run.begin_rollback("errors everywhere")
    assert (run.state.phase, run.state.rollback_by, run.state.rollback_reason) == (
        Phase.ROLLBACK,
        "alice",
        "errors everywhere",
    )
    run.tick(RESTORE)
    assert statuses(run, RESTORE) == [Status.DONE]
    with pytest.raises(RefusedError, match="begun already, by alice"):
        run.begin_rollback("again")
    with pytest.raises(RefusedError, match="does not go to verify"):
        run.enter("verify")
    with pytest.raises(RefusedError, match="ends rolled-back or abandoned"):
        run.close("deployed")
    run.close("rolled-back")
    assert run.state.outcome == "rolled-back"


def test_what_does_not_apply_refuses_a_tick_until_a_person_says_that_it_applies(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(RefusedError, match="does not apply: there is no database"):
        run.tick(BACKUP)
    run.include(BACKUP, note="there is one, elsewhere")
    assert statuses(run, BACKUP) == [Status.OPEN]
    run.tick(BACKUP)
    assert statuses(run, BACKUP) == [Status.DONE]


def test_many_items_are_excluded_in_one_act_or_none(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found(verdict=Verdict.FAIL))
    size = run.state.size
    with pytest.raises(RefusedError, match="“All unit tests passing” failed"):
        run.exclude([CERTIFICATES, UAT, UNIT], "no such thing here")
    assert run.refresh().size == size
    run.exclude([CERTIFICATES, UAT, UAT], "no such thing here")
    assert statuses(run, CERTIFICATES, UAT) == [Status.NOT_APPLICABLE] * 2
    assert run.state.items[UAT].excluded_reason == "no such thing here"
    run.include([CERTIFICATES, UAT], note="there are, after all")
    assert statuses(run, CERTIFICATES, UAT) == [Status.OPEN] * 2


def test_a_gate_is_held_by_what_is_not_green_and_an_override_stays_visible(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(RefusedError, match=r"the gate to deploy is held\n(?s:.*)“All unit tests passing” is unknown"):
        run.enter(Phase.DEPLOY)
    with pytest.raises(RefusedError, match="held"):
        run.enter(Phase.DEPLOY, override="   ")
    run.enter(Phase.DEPLOY, override="hotfix, agreed with carol")
    entered = run.state.entered[0]
    assert (entered.phase, entered.override, entered.by) == (Phase.DEPLOY, "hotfix, agreed with carol", "alice")
    assert UNIT in entered.items
    assert any("Technical Lead has not signed" in sentence for sentence in entered.held)
    with pytest.raises(RefusedError, match="does not go to prepare"):
        run.enter(Phase.PREPARE)


def test_a_gate_opens_by_itself_when_all_that_is_required_is_green(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found())
    run.tick(UAT, note="approved")
    run.exclude([CERTIFICATES], "the load balancer has them")
    run.sign("technical_lead")
    other(run).sign("release_manager")
    run.enter("deploy")
    assert run.state.phase is Phase.DEPLOY
    assert run.state.entered[0].override == ""
    assert statuses(run, LEAD, MANAGER) == [Status.DONE] * 2


def test_a_closed_run_refuses_everything_and_a_running_cell_is_no_longer_recorded(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    stale = other(run)
    assert stale.state.outcome == ""
    run.close("abandoned", reason="wrong version")
    state = run.state
    assert (state.outcome, state.closed_by, state.closed_reason) == ("abandoned", "alice", "wrong version")
    with pytest.raises(RefusedError, match=r"is closed \(abandoned\)"):
        stale.tick(UAT)
    with pytest.raises(RefusedError, match="is closed"):
        run.close("deployed")
    run.started("checklist")
    assert run.refresh().size == state.size


def test_a_cell_that_never_finished_reads_as_executing(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.started("facts")
    run.finished("facts")
    assert run.state.executing == ""
    run.started("evidence")
    assert other(run).state.executing == "evidence"
    later = other(run)
    later.started("facts")
    run.finished("evidence")
    assert run.state.executing == "facts"
    later.finished("facts")
    assert run.refresh().executing == ""


def test_what_never_finished_is_an_interruption_once_the_next_begins_and_after_the_close(tmp_path: Path) -> None:
    clock = Clock()
    run = begin_in(tmp_path, clock)
    run.started("facts")
    began = run.state.last_at
    assert run.state.interruptions == ()  # somebody may still be at it
    clock.move(minutes=5)
    second = other(run)
    second.started("facts")
    second.started("evidence")
    noticed = second.state.last_at
    (one,) = second.state.interruptions
    assert (one.cell, one.at, one.event, one.noticed) == ("facts", began, run.state.size, noticed)
    third = other(run)
    third.close("deployed", "the notebook hung; the pods were looked at by hand")
    assert [one.cell for one in third.state.interruptions] == ["facts", "evidence"]
    assert (third.state.executing, status(third.state)) == ("", "deployed")


def test_the_cells_after_a_claim_are_its_own_and_a_claim_after_cells_ends_them(tmp_path: Path) -> None:
    run = begin_in(tmp_path)

    def claimed(session: str) -> None:
        claims.claim(run.store, run.run_id, claims.mine(session, START, 60), run.actor, START)

    claimed("first")
    run.started("facts")
    run.finished("facts")
    assert run.refresh().interruptions == ()
    claimed("second")
    run.started("evidence")
    claimed("second")  # of the same process: it lives, so it is the one that may go on
    other(run).started("facts")
    assert [one.cell for one in run.refresh().interruptions] == ["evidence"]


def test_deployed_needs_a_reason_where_an_execution_never_came_to_its_end(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.started("deploy")
    with pytest.raises(RefusedError, match="was interrupted at 'deploy'") as refused:
        run.close("deployed")
    assert "--reason" in refused.value.problems[0].do
    claims.claim(run.store, run.run_id, claims.mine("x", START, 60), run.actor, START)
    run.started("deploy")
    run.refresh()
    with pytest.raises(
        RefusedError, match=r"process \d+ on .* executes the notebook of this run now, and is at 'deploy'"
    ):
        run.close("deployed")
    assert run.refresh().outcome == ""
    run.close("deployed", "watched by hand")
    assert run.state.outcome == "deployed"


def test_a_claimed_run_is_running_while_its_process_lives_and_interrupted_after(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    mine = claims.mine("x", START, 60)
    claims.claim(run.store, run.run_id, mine, run.actor, START)
    assert run.store.unfinished() == [run.run_id]
    assert (status(run.refresh()), status_now(run.state, START)) == ("interrupted", "running")
    gone = dataclasses.replace(mine, born=mine.born + 1)
    claims.claim(run.store, run.run_id, dataclasses.replace(gone, session=mine.session), run.actor, START)
    assert status_now(run.refresh(), START) == "interrupted"
    run.started("facts")
    run.finished("facts")
    assert (status_now(run.state, START), run.store.unfinished()) == ("open", [])


def test_the_same_plan_is_bound_once(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    size = run.state.size
    run.bind(plan())
    assert run.refresh().size == size
    run.bind(plan(level="A"))
    assert (run.state.size, run.state.plan and run.state.plan.level) == (size + 1, "A")


def test_what_cannot_be_says_what_could(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(InputError, match=r"no item 'testing.unit-test'\n  did you mean testing.unit-tests"):
        run.tick("testing.unit-test")
    with pytest.raises(InputError, match="no sign-off for the role 'pope'"):
        run.sign("pope")
    with pytest.raises(InputError, match="'lunch' is no phase"):
        run.enter("lunch")
    with pytest.raises(InputError, match="'great' is no outcome"):
        run.close("great")
    with pytest.raises(InputError, match=r"needs a reason \(--reason\)"):
        run.waive(UNIT, " ")
    with pytest.raises(InputError, match="'soon' is no date"):
        run.waive(UNIT, "later", until="soon")
    with pytest.raises(InputError, match="in the past"):
        run.waive(UNIT, "later", until="2026-11-01")
    with pytest.raises(RefusedError, match="is a signature"):
        run.tick(LEAD)
    with pytest.raises(RefusedError, match="nothing to waive"):
        run.waive(BACKUP, "why not")
    assert run.refresh().size == 2


def test_an_item_is_taken_by_one_person_at_a_time(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    late = other(run)
    assert late.state.items[DEPLOYED].assignee == ""
    run.assign(DEPLOYED)
    with pytest.raises(RefusedError, match="alice was first: assigned"):
        late.assign(DEPLOYED)
    assert late.state.items[DEPLOYED].assignee == ALICE.name


def test_subscribers_hear_what_is_saved_and_what_others_saved(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    heard: list[tuple[list[str], RunState]] = []
    stop = run.subscribe(lambda events, state: heard.append(([event.kind for event in events], state)))
    run.tick(UAT)
    other(run).note(UAT, "well done")
    run.refresh()
    run.refresh()
    assert [kinds for kinds, _ in heard] == [["item.ticked"], ["item.noted"]]
    assert heard[-1][1].items[UAT].notes[0].by == "bob"
    stop()
    run.untick(UAT)
    assert len(heard) == 2


def test_the_verification_items_follow_the_deployment(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.enter("deploy", override="drill")
    run.tick(DEPLOYED, note="rolled out")
    run.enter("verify")
    with pytest.raises(RefusedError, match="“Application startup successful” waits for devops engineer"):
        run.enter("close")
    run.tick(HEALTH, note="answers")
    run.clear(BROKEN, note="clicked through")
    with pytest.raises(RefusedError, match="“Performance degradation > 50%” fired is unknown: no evidence"):
        run.enter("close")


def test_a_store_that_was_replaced_by_an_older_copy_is_noticed_by_who_saw_more(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    copy = (tmp_path / "releases.db").read_bytes()
    run.tick(UAT)
    (tmp_path / "releases.db").write_bytes(copy)
    with pytest.raises(DamagedError, match="was cut or changed outside releasekit"):
        run.refresh()
    with pytest.raises(DamagedError):
        run.untick(UAT)
    elsewhere = other(run)
    elsewhere.note(UNIT, "somebody goes on in the copy")
    elsewhere.note(UNIT, "and on")
    with pytest.raises(DamagedError, match="no longer holds what was read before event 4"):
        run.refresh()


def test_a_secret_is_not_taken_into_the_log(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    for text, link in (("use ghp_" + "a1B2" * 9, ""), ("", "https://ada:s3cret@example.com/minutes")):
        with pytest.raises(InputError, match="kept for ever"):
            run.note(UAT, text, link)
    assert run.state.items[UAT].notes == ()
