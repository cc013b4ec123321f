"""What happened, as sentences: the newest first, and what was cut off among it."""

from dataclasses import replace
from pathlib import Path

from releasekit.document.blocks import Span, Table
from releasekit.document.items import FOR_A_PERSON
from releasekit.document.timeline import _SAID, _UNTOLD, SHOWN, timeline
from releasekit.probes.evidence import Verdict
from releasekit.run.events import KINDS
from releasekit.run.opening import open_run
from releasekit.run.proposing import propose
from releasekit.run.run import Run
from tests.run.samples import BOB, PARAMETERS, START, UAT, Clock, begin_in, found, identity


def told(run: Run) -> list[str]:
    (table,) = timeline(run.store.events(run.run_id), run.state.plan)
    assert isinstance(table, Table)
    return ["".join(span.text for span in row[-1] if isinstance(span, Span)) for row in table.rows]


def test_where_a_notebook_was_executed_is_left_out_but_for_what_never_ended(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.started("Evidence")
    run.finished("Evidence")
    assert told(run) == ["bound a plan to the run", "opened the run"]
    run.started("Deploy")
    Run(run.store, run.run_id, BOB, Clock()).close("interrupted", "power cut")
    run.refresh()
    assert told(run)[:2] == ["closed the run: interrupted, power cut", "“Deploy” of the notebook began and never ended"]


def test_a_record_has_all_that_happened_and_a_screen_the_newest(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    for number in range(SHOWN + 10):
        run.note(UAT, f"remark {number}")
    events = run.store.events(run.run_id)
    (whole,) = timeline(events, run.state.plan)
    (newest,) = timeline(events, run.state.plan, SHOWN)
    assert isinstance(whole, Table)
    assert isinstance(newest, Table)
    assert (len(whole.rows), whole.caption) == (SHOWN + 12, f"{SHOWN + 12} events")
    assert (len(newest.rows), newest.caption) == (SHOWN, f"The newest {SHOWN} of {SHOWN + 12} events")
    assert newest.rows == whole.rows[:SHOWN]


def test_what_was_proposed_and_what_is_not_known_stand_in_it(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    propose(run, {UAT: "ticked in issue.md, line 3"})
    last = run.store.events(run.run_id)[-1]
    unknown = replace(last, seq=last.seq + 1, kind="item.painted", item="", prev=last.hash)
    (table,) = timeline([*run.store.events(run.run_id), unknown], run.state.plan)
    assert isinstance(table, Table)
    said = ["".join(span.text for span in row[-1] if isinstance(span, Span)) for row in table.rows]
    assert said[0] == "an event of the kind 'item.painted', which is not known here"
    assert said[1].startswith("proposed, without answering, “User acceptance testing approved”: ticked in issue.md")


def test_facts_for_a_person_are_no_verdict(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(replace(found(UAT, Verdict.UNKNOWN, "3 windows"), probe="facts.windows"))
    (table,) = timeline(run.store.events(run.run_id), run.state.plan)
    assert isinstance(table, Table)
    assert table.rows[0][-1][0] == FOR_A_PERSON


def test_each_kind_of_event_has_its_sentence_or_is_left_out_on_purpose() -> None:
    assert {*_SAID, *_UNTOLD} == KINDS


def test_a_run_that_follows_another_says_so(tmp_path: Path) -> None:
    first = begin_in(tmp_path)
    opened = open_run(first.store, identity("p2"), PARAMETERS, BOB, START)
    assert told(first)[0].endswith(f"; it went on as run {opened.run.run_id}")
    (line,) = told(opened.run)
    assert line.startswith(f"opened the run, after run {first.run_id}: ")
