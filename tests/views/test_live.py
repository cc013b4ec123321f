"""A run before somebody's eyes: what is shown is what the log says, and every click is answered."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances

from releasekit.checklist.model import Kind
from releasekit.errors import ReleasekitError
from releasekit.parameters.reading import read
from releasekit.plan.compose import compose
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.probes.request import Request
from releasekit.run.people import Actor
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.run.store import open_store
from releasekit.views.live import Live
from tests.record.example import Example, example

PATIENCE = 60  # seconds, on a shared machine


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Example:
    made = example(tmp_path_factory.mktemp("live"))
    loaded = read(made.base / "storefront.yaml")
    made.run.bind(compose(loaded.parameters, loaded.folder))
    return made


def nothing_asked(_state: RunState) -> Request:
    raise AssertionError("no source is asked in these tests")


@pytest.fixture
def live(shown: Example) -> Iterator[Live]:
    made = Live(somebody(shown, "Lena Hoffmann"), nothing_asked, lambda: None)
    yield made
    made.close()


def somebody(shown: Example, name: str) -> Run:
    return Run(open_store(shown.store, shown.out), shown.run.run_id, Actor(name, "self-declared"))


def row(live: Live, item: str) -> Any:
    (found,) = [one for one in live.boxes._rows if one.item.id == item]
    return found


def step(live: Live, number: int) -> str:
    plan = live.run.state.plan
    assert plan
    return [item.id for item in plan.checklist.items if item.kind is Kind.CHECK and not item.probe][number]


def click(live: Live, act: str, **given: Any) -> dict[str, Any]:
    """What the guard's browser side sends, and what comes back."""
    answers: list[dict[str, Any]] = []
    live.guard.send = answers.append  # type: ignore[method-assign]
    live.guard._received(live.guard, {"id": "a-1", "key": "k", "act": act, **given}, [])
    (answer,) = answers
    assert answer["re"] == "a-1"
    return answer


def changed(widget: Any, name: str) -> threading.Event:
    """Set when the trait changes."""
    happened = threading.Event()
    widget.observe(lambda _change: happened.set(), names=name)
    return happened


def test_a_click_becomes_an_event_and_the_row_says_who_and_when(live: Live) -> None:
    item = step(live, 0)
    assert row(live, item).box.value is False
    assert click(live, "tick", item=item, seen=0) == {
        "re": "a-1",
        "ok": True,
        "said": f"saved: event {live.run.state.size}",
    }
    last = live.run.store.events(live.run.run_id)[-1]
    assert (last.kind, last.item) == ("item.ticked", item)
    assert row(live, item).box.value is True
    assert f"Ticked by {last.actor}" in row(live, item).text.value
    assert f'datetime="{last.at[:19]}Z"' in row(live, item).text.value
    assert click(live, "untick", item=item, seen=1)["ok"]
    assert row(live, item).box.value is False


def test_a_refusal_shows_its_sentence_and_the_box_shows_the_log(live: Live, shown: Example) -> None:
    item = step(live, 1)
    somebody(shown, "priya <b>").tick(item)
    answer = click(live, "tick", item=item, seen=0)
    assert not answer["ok"]
    assert "was first" in answer["said"]
    text = row(live, item).text.value
    assert "was first" in text
    assert "priya &lt;b&gt;" in text
    assert "priya <b>" not in text
    assert row(live, item).box.value is True
    ticks = [one for one in live.run.store.events(live.run.run_id) if one.item == item]
    assert [one.actor for one in ticks] == ["priya <b>"]


def test_a_box_that_evidence_ticked_says_so_when_somebody_unticks_it(live: Live) -> None:
    item = "code.version-numbers-updated"
    live.run.add_evidence(Evidence(item, "versions.agree", Verdict.PASS, "all files say 2.4.0"))
    answer = click(live, "untick", item=item, seen=0)
    assert (
        "This box is ticked by evidence, not by a person: versions.agree says all files say 2.4.0. Collect it again"
        in answer["said"]
    )
    assert row(live, item).box.value is True


def test_a_box_that_moved_without_a_guard_goes_back_before_the_run_is_asked(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = step(live, 2)
    asked: list[bool] = []
    monkeypatch.setattr(live.run, "tick", lambda *_args, **_given: asked.append(row(live, item).box.value))
    row(live, item).box.value = True  # as a browser does
    assert asked == [False]
    assert row(live, item).box.value is False  # nothing was saved, so nothing is shown


def test_what_others_did_is_shown_although_nobody_does_anything_here(live: Live, shown: Example) -> None:
    item = step(live, 3)
    seen = changed(row(live, item).box, "value")
    somebody(shown, "jonas").tick(item)
    assert seen.wait(PATIENCE)
    assert row(live, item).box.value is True


def test_a_state_that_was_read_earlier_never_replaces_a_later_one(live: Live) -> None:
    item = step(live, 4)
    before = live.run.state
    live.run.tick(item)
    live._show(before)
    assert row(live, item).box.value is True


def test_the_guard_hears_beats_and_what_is_wrong_with_the_log(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed(live.guard, "beat").wait(PATIENCE)
    troubled = changed(live.guard, "trouble")

    def fail() -> RunState:
        raise ReleasekitError("the disk is gone")

    monkeypatch.setattr(live.run, "refresh", fail)
    assert troubled.wait(PATIENCE)
    assert live.guard.trouble == "The disk is gone"
    mended = changed(live.guard, "trouble")
    monkeypatch.undo()
    assert mended.wait(PATIENCE)
    assert live.guard.trouble == ""


@pytest.mark.parametrize(
    "sent", [{"act": "explode"}, {"act": 7}, {"act": "tick", "item": ["x"]}, {"act": "tick", "item": "no.such"}]
)
def test_a_click_that_makes_no_sense_is_answered_and_changes_nothing(live: Live, sent: dict[str, Any]) -> None:
    size = live.run.state.size
    assert not click(live, **sent)["ok"]
    assert live.run.refresh().size == size


def test_a_gate_that_is_shut_says_why_where_it_was_asked(live: Live) -> None:
    answer = click(live, "enter", phase="deploy", override="")
    assert "The gate to deploy is held" in answer["said"]
    assert "The gate to deploy is held" in live.boxes._head.value
    assert live.run.state.phase == "prepare"


def test_somebody_without_a_role_sees_everything_and_signs_nothing(shown: Example) -> None:
    stranger = Live(somebody(shown, "Mallory"), nothing_asked, lambda: None)
    try:
        answer = click(stranger, "sign", role="technical_lead", scope="go")
        assert "The Technical Lead is Lena Hoffmann, and you are Mallory" in answer["said"]
        part = stranger.part("signoff")
        assert part
        assert "and you are Mallory" in part.widget.value
    finally:
        stranger.close()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "**bold** [x](javascript:alert(1))", "x" * 2000, "\u202eevil", "🎉 done"]
)
def test_what_people_write_is_shown_as_text(live: Live, text: str) -> None:
    item = step(live, 5)
    assert click(live, "note", item=item, text=text, link="")["ok"]
    value = row(live, item).text.value
    assert "<script" not in value
    assert "href" not in value
    assert "\u202e" not in value
    assert text != "🎉 done" or text in value


def test_the_rest_of_a_row_is_built_when_it_is_opened(live: Live) -> None:
    item = step(live, 6)
    assert "<form" not in row(live, item).text.value
    assert click(live, "open", item=item, seen=0)["ok"]
    assert "Why it does not apply" in row(live, item).text.value
    assert click(live, "waive", item=item, seen=0, reason="no load before Monday", until="", approver="")["ok"]
    assert "Waived by Lena Hoffmann" in row(live, item).text.value
    assert click(live, "open", item=item, seen=1)["ok"]
    assert "<form" not in row(live, item).text.value


def test_signatures_and_steps_that_are_not_entered_cannot_be_ticked(live: Live) -> None:
    for one in live.boxes._rows:
        status = live.run.state.items[one.item.id].status
        shut = one.item.kind is Kind.SIGN_OFF or status in {"not-entered", "not-applicable"}
        assert one.box.disabled is shut


def test_each_row_says_by_what_it_is_filtered(live: Live) -> None:
    flags = {
        one.item.id: one.text.value.partition('data-rk-is="')[2].partition('"')[0].split() for one in live.boxes._rows
    }
    assert "mine" in flags["sign-off.technical-lead"]
    assert "mine" not in flags["sign-off.release-manager"]
    assert "open" in flags["infrastructure.monitoring-configured"]
    assert "blocking" in flags["infrastructure.monitoring-configured"]


def test_there_are_62_boxes_in_less_than_200_models_and_a_view_that_is_closed_leaves_none(shown: Example) -> None:
    before = set(_instances)
    made = Live(somebody(shown, "Lena Hoffmann"), nothing_asked, lambda: None)
    models = [_instances[key] for key in set(_instances) - before]
    assert sum(isinstance(model, ipywidgets.Checkbox) for model in models) == 62
    assert len(models) < 200
    made.close()
    left = [_instances[key] for key in set(_instances) - before]
    assert len(left) < 25  # layouts and styles
    shown.run.tick(step(made, 7))  # nobody listens any more, and nothing breaks


def test_a_run_that_is_closed_on_the_screen_gets_its_record_as_of_its_end(tmp_path: Path) -> None:
    made = example(tmp_path)
    loaded = read(made.base / "storefront.yaml")
    made.run.bind(compose(loaded.parameters, loaded.folder))
    made.folder.mkdir(parents=True)
    run = somebody(made, "Lena Hoffmann")
    live = Live(run, nothing_asked, lambda: None, made.folder)
    try:
        assert click(live, "close", outcome="abandoned", reason="superseded")["ok"]
        for thread in threading.enumerate():
            if thread.name == "releasekit-finishing":
                thread.join(PATIENCE)
    finally:
        live.close()
    text = (made.folder / "release.md").read_text()
    assert "This run is closed: abandoned" in text
    assert made.run.refresh().size == run.state.size


def test_a_record_that_cannot_be_written_is_said_where_the_run_was_closed(tmp_path: Path) -> None:
    made = example(tmp_path)
    made.folder.mkdir(parents=True)
    (made.folder / "release.html").mkdir()
    live = Live(somebody(made, "Lena Hoffmann"), nothing_asked, lambda: None, made.folder)
    shown = live.part("result")
    assert shown is not None
    try:
        told = changed(shown.widget, "value")
        assert click(live, "close", outcome="abandoned")["ok"]
        for thread in threading.enumerate():
            if thread.name == "releasekit-finishing":
                thread.join(PATIENCE)
        assert told.wait(PATIENCE)
        assert "its record does not show it yet" in shown.widget.value
        assert f"releasekit close {made.run.run_id} --outcome abandoned" in shown.widget.value
    finally:
        live.close()
