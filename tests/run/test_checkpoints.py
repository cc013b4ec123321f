"""A log that was cut, written anew, restored or forked shows beside what somebody saw of it."""

from dataclasses import replace
from pathlib import Path

from releasekit.run.checkpoints import Checkpoint, broken, checkpoints, fork
from releasekit.run.events import NO_EVENT, Event, canonical, parse
from tests.run.samples import UAT, UNIT, begin_in


def log(folder: Path) -> list[Event]:
    run = begin_in(folder)
    run.tick(UAT)
    run.sign("technical_lead")
    run.note(UNIT, "one")
    run.close("abandoned")
    return run.store.events(run.run_id)


def rewritten(events: list[Event], at: int, **changed: object) -> list[Event]:
    """What somebody makes who knows the format: one event changed, all hashes anew."""
    made: list[Event] = []
    for event in events:
        prev = made[-1].hash if made else NO_EVENT
        made.append(parse(canonical(replace(event, prev=prev, **(changed if event.seq == at else {})))))
    return made


def test_a_whole_log_holds_and_keeps_its_own_checkpoints(tmp_path: Path) -> None:
    events = log(tmp_path)
    assert broken(events) == ()
    assert [(one.size, one.head) for one in checkpoints(events)] == [(3, events[2].hash), (5, events[4].hash)]
    assert broken(events, [Checkpoint(7, events[-1].hash, "release.json")]) == ()
    assert broken(events, [Checkpoint(0, NO_EVENT, "release.json")]) == ()


def test_a_tail_that_was_cut_shows_beside_what_was_seen(tmp_path: Path) -> None:
    events = log(tmp_path)
    seen = Checkpoint(7, events[-1].hash, "release.json")
    assert broken(events[:4]) == ()
    assert broken(events[:4], [seen]) == ("release.json saw 7 events and there are 4: cut off, or an old copy",)


def test_a_log_that_was_written_anew_contradicts_its_signatures(tmp_path: Path) -> None:
    events = rewritten(log(tmp_path), at=3, actor="mallory")
    assert broken(events) == (
        "event 4 (signoff.given by alice) saw other events than the first 3 that are there: they were written anew",
        "event 6 (checkpoint by alice) saw other events than the first 5 that are there: they were written anew",
    )


def test_a_change_in_the_middle_breaks_the_chain(tmp_path: Path) -> None:
    events = log(tmp_path)
    events[2] = parse(canonical(replace(events[2], actor="mallory")))
    assert broken(events)[0].startswith("the chain breaks at event 4")


def test_two_copies_that_went_on_apart_name_the_first_event_that_differs(tmp_path: Path) -> None:
    events = log(tmp_path)
    assert fork(events, events[:4]) == 0
    assert fork(events, rewritten(events, at=5, actor="mallory")) == 5
