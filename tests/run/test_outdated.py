"""What was seen of the version before says nothing of the one that was deployed since."""

from pathlib import Path

from releasekit.probes.evidence import Verdict
from releasekit.run.state import Status
from tests.run.samples import HEALTH, SLOW, UNIT, begin_in, found


def test_a_pass_of_before_the_phase_is_unknown_once_it_is_entered_until_it_is_asked_again(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found(UNIT), found(SLOW, sentence="as fast as ever"), found(HEALTH, sentence="answers"))
    assert run.state.items[SLOW].status is Status.CLEAR
    run.enter("deploy", override="a test")
    assert run.state.items[UNIT].status is Status.PASSED
    assert run.state.items[HEALTH].status is Status.PASSED
    assert run.state.items[SLOW].status is Status.UNKNOWN
    run.enter("verify", override="a test")
    (evidence,) = run.state.items[HEALTH].evidence
    assert (evidence.verdict, evidence.next) == (Verdict.UNKNOWN, "ask again")
    assert evidence.sentence == "pass before verify was entered, and not asked since: answers"
    added = [event.data["verdict"] for event in run.store.events(run.run_id) if event.item == HEALTH]
    assert added == ["pass"]
    run.add_evidence(found(HEALTH))
    assert run.state.items[HEALTH].status is Status.PASSED


def test_a_fail_of_before_the_phase_stays(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found(SLOW, verdict=Verdict.FAIL))
    run.enter("deploy", override="a test")
    assert run.state.items[SLOW].status is Status.FIRED
