"""Which run `run` and `open` take up, and what a successor carries over."""

import sqlite3
import threading
from pathlib import Path

import pytest

from releasekit.errors import RefusedError
from releasekit.run.run import Run
from releasekit.run.state import Status
from releasekit.run.store import Store, open_store
from tests.run.samples import (
    ALICE,
    BROKEN,
    CERTIFICATES,
    LEAD,
    PARAMETERS,
    UAT,
    UNIT,
    Clock,
    begin_in,
    found,
    plan,
    reopen,
)


def test_the_same_release_resumes_its_open_run(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    again = reopen(run.store)
    assert (again.resumed, again.run.run_id, again.changed, again.successor_of) == (True, run.run_id, (), "")
    assert len(run.store.runs()) == 1


def test_a_closed_run_is_not_resumed_and_has_no_successor(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.close("deployed")
    again = reopen(run.store)
    assert (again.resumed, again.successor_of) == (False, "")
    assert again.run.run_id != run.run_id


def test_another_candidate_starts_a_successor_that_proposes_what_people_answered(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.tick(UAT, note="approved")
    run.add_evidence(found())
    run.exclude([CERTIFICATES], "the load balancer has them")
    run.clear(BROKEN)
    run.waive(UNIT, "later") if run.state.items[UNIT].status is Status.UNKNOWN else None
    run.sign("technical_lead")
    successor = reopen(run.store, commit="c" * 40)
    assert not successor.resumed
    assert successor.successor_of == run.run_id
    assert successor.changed == ("the candidate is cccccccccccc, was aaaaaaaaaaaa",)
    successor.run.bind(plan(sha="c" * 40))
    state = successor.run.state
    assert state.successor_of == run.run_id
    assert {note.text for note in state.proposals} == {
        f"alice ticked “User acceptance testing approved”: approved (run {run.run_id})",
        f"alice said that “SSL certificates valid” does not apply: the load balancer has them (run {run.run_id})",
        f"alice said that “Critical functionality broken” did not fire (run {run.run_id})",
    }
    item = state.items[UAT]
    assert (item.status, item.ticked) == (Status.OPEN, False)
    assert item.proposal is not None
    assert (item.proposal.by, run.run_id in item.proposal.text) == ("alice", True)
    assert (state.items[UNIT].evidence, state.items[LEAD].status, state.signoffs) == ((), Status.OPEN, ())


def test_the_run_before_is_closed_and_says_where_it_went_on(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    successor = reopen(run.store, commit="c" * 40)
    with pytest.raises(RefusedError, match=f"is closed .abandoned.; it went on as run {successor.run.run_id}"):
        run.tick(UAT)
    assert run.state.successor == successor.run.run_id
    assert {line.run: line.outcome for line in run.store.runs()} == {run.run_id: "abandoned", successor.run.run_id: ""}


def test_changed_parameters_are_named_key_by_key(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    changed = {
        **PARAMETERS,
        "configuration": {"environment": "production", "level": "A", "team": {"technical_lead": "carol"}},
    }
    successor = reopen(run.store, changed, parameters_hash="p2")
    assert successor.changed == (
        "configuration.level is A, was B",
        "configuration.team.technical_lead is carol, was alice",
    )
    assert "level is A" in successor.run.state.why_successor


def test_other_services_versions_and_environments_have_runs_of_their_own(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    assert reopen(run.store, service="cart").successor_of == ""
    assert run.refresh().outcome == ""


def test_a_run_whose_log_was_changed_by_hand_is_left_and_its_intact_answers_are_proposed(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.tick(UAT)
    run.note(UAT, "one")
    run.note(UAT, "two")
    with sqlite3.connect(tmp_path / "releases.db") as database:
        database.execute("DROP TRIGGER release_events_no_update")
        database.execute("UPDATE release_events SET line = replace(line, 'two', 'ten') WHERE seq = 5")
    database.close()
    successor = reopen(run.store)
    assert not successor.resumed
    assert "was cut or changed outside releasekit at event 5 of 5" in successor.changed[0]
    assert "one" in successor.run.state.proposals[0].text
    assert run.store.line(run.run_id).outcome == "interrupted"
    Run(run.store, successor.run.run_id, ALICE, Clock()).bind(plan())


def test_all_who_open_a_release_at_the_same_moment_get_the_same_run(address: str, tmp_path: Path) -> None:
    runs: list[str] = []

    def store() -> Store:
        return open_store(address, tmp_path, clock=Clock())

    def look() -> None:
        own = store()
        runs.append(reopen(own).run.run_id)
        runs.append(reopen(own, commit="c" * 40).run.run_id)

    store()
    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 8
    lines = store().runs()
    assert {line.run for line in lines} == set(runs)
    assert len([line for line in lines if not line.outcome]) == 1
    for line in lines:
        assert len(store().events(line.run)) == (2 if line.outcome else 1)
