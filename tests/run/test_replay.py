"""The same events give the same state, for ever: what they say that is not understood is said, and left alone."""

import dataclasses
import json
from pathlib import Path

import pytest

from releasekit.errors import StoreError
from releasekit.probes.evidence import Verdict
from releasekit.run.events import Event, first_break, parse
from releasekit.run.readiness import readiness
from releasekit.run.replay import Fold, replay
from releasekit.run.run import Run
from releasekit.run.state import RunState, Status
from tests.run.samples import (
    BOB,
    BROKEN,
    CERTIFICATES,
    DEPLOYED,
    HEALTH,
    LEAD,
    RESTORE,
    SLOW,
    START,
    UAT,
    UNIT,
    Clock,
    begin_in,
    found,
)

GOLDEN = Path(__file__).parent / "golden"


def walked(folder: Path) -> Run:
    """A release with some of everything."""
    clock = Clock()
    run = begin_in(folder, clock)
    bob = Run(run.store, run.run_id, BOB, clock)
    run.started("evidence")
    clock.move(seconds=20)
    run.add_evidence(found(verdict=Verdict.FAIL, sentence="2 of 14 tests failed"), found(SLOW))
    run.finished("evidence")
    clock.move(minutes=3)
    run.assign(UAT, "carol")
    run.tick(UAT, note="approved", link="https://tracker.example/42")
    run.exclude([CERTIFICATES], "the load balancer has them")
    run.waive(UNIT, "flaky, issue 77", until="2026-12-01", approver="carol")
    run.sign("technical_lead")
    bob.sign("release_manager")
    clock.move(hours=1)
    run.enter("deploy")
    run.tick(DEPLOYED, note="rolled out")
    run.enter("verify")
    clock.move(hours=-2)
    bob.note(HEALTH, "slow to start")
    bob.tick(BROKEN, note="checkout is down")
    bob.begin_rollback("checkout is down")
    bob.tick(RESTORE, note="not needed after all")
    bob.refuse("release_manager", "not like this", "close")
    bob.close("rolled-back", reason="see the incident")
    return bob


def test_every_prefix_replays_as_it_did_when_it_was_the_whole(tmp_path: Path) -> None:
    run = walked(tmp_path)
    events = run.store.events(run.run_id)
    fold = Fold()
    for size, event in enumerate(events, 1):
        fold.add(event)
        assert fold.state() == replay(events[:size])
    assert fold.state() == run.state


def test_a_state_does_not_change_when_more_events_come(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    before = run.state
    run.tick(UAT)
    assert before.items[UAT].status is Status.OPEN
    with pytest.raises(TypeError):
        before.items[UAT] = before.items[UNIT]  # type: ignore[index] - it must refuse


def events_of(folder: Path) -> list[Event]:
    run = begin_in(folder)
    return run.store.events(run.run_id)


def added(events: list[Event], **changed: object) -> RunState:
    last = dataclasses.replace(events[-1], seq=events[-1].seq + 1, prev=events[-1].hash, item=UAT, version=1, **changed)
    return replay([*events, last])


def test_an_event_of_an_unknown_kind_is_said_and_the_rest_stands(tmp_path: Path) -> None:
    state = added(events_of(tmp_path), kind="item.painted", data={"colour": "red"})
    assert state.notices == ("event 3 has the kind 'item.painted', which is not known here: left alone",)
    assert (state.items[UAT].status, state.size) == (Status.OPEN, 3)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("item.assigned", {}),
        ("item.waived", {}),
        ("evidence.added", {"probe": "p", "verdict": "maybe", "sentence": "s"}),
        ("phase.entered", {"phase": "lunch"}),
        ("signoff.given", {}),
        ("run.closed", {}),
        ("cells.started", {}),
        ("rollback.begun", {}),
    ],
)
def test_an_event_that_lacks_what_it_should_say_is_said_and_left_alone(
    kind: str, data: dict[str, object], tmp_path: Path
) -> None:
    events = events_of(tmp_path)
    state = added(events, kind=kind, data=data)
    assert state.notices == (f"event 3 ({kind}) lacks what it should say: left alone",)
    assert dataclasses.replace(state, notices=(), size=2, head=events[-1].hash) == replay(events)


def test_a_plan_that_cannot_be_read_is_an_error_that_names_its_event(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the plan of event 3"):
        added(events_of(tmp_path), kind="plan.bound", data={"service": "shop"}, hash="another")


def test_a_clock_that_was_off_is_a_notice(tmp_path: Path) -> None:
    run = walked(tmp_path)
    assert any("the clock was off at event" in notice for notice in run.state.notices)


def test_durations_come_from_the_events_and_are_never_negative(tmp_path: Path) -> None:
    durations = walked(tmp_path).state.durations()
    assert durations == {"prepare": 3800.0, "deploy": 0.0, "verify": 0.0, "rollback": 0.0}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.jsonl")), ids=lambda path: path.stem)
def test_the_log_of_every_released_format_is_read_as_it_was_then(path: Path) -> None:
    events = [parse(line) for line in path.read_bytes().splitlines()]
    assert first_break(events) == 0
    state = replay(events)
    expected = json.loads(path.with_suffix(".json").read_text())
    assert summary(state) == expected


def test_there_is_a_golden_log_of_the_present_format() -> None:
    assert (GOLDEN / "format-1.jsonl").is_file()


def summary(state: RunState) -> dict[str, object]:
    """What must stay as it is, in words that no refactoring changes."""
    ready = readiness(state, START)
    return {
        "run": [state.run, state.service, state.version, state.environment, state.opened_by, state.opened_at],
        "outcome": [state.outcome, state.closed_by, state.closed_at, state.closed_reason, state.rollback_reason],
        "phases": [[entered.phase, entered.by, entered.at, entered.override] for entered in state.entered],
        "items": {item: [one.status, one.version, one.ticked, one.by] for item, one in state.items.items()},
        "evidence": {
            item: [[e.probe, e.verdict, e.sentence] for e in one.evidence]
            for item, one in state.items.items()
            if one.evidence
        },
        "notes": {item: [[n.text, n.by, n.link] for n in one.notes] for item, one in state.items.items() if one.notes},
        "waivers": {
            item: [one.waiver.reason, one.waiver.by, one.waiver.until, one.waiver.verdict]
            for item, one in state.items.items()
            if one.waiver
        },
        "signatures": [
            [one.role, one.by, one.scope, one.grade, one.size, one.void, one.refused] for one in state.signoffs
        ],
        "readiness": [ready.machine, ready.all],
        "size": state.size,
        "head": state.head,
    }


def test_the_lead_signed_and_the_rollback_did_not_void_it(tmp_path: Path) -> None:
    state = walked(tmp_path).state
    assert [one.void for one in state.signoffs if one.scope == "go"] == ["", ""]
    assert state.items[LEAD].status is Status.DONE
