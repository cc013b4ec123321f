"""Check boxes hold no state: they show what the log says, and a click asks the run."""

from collections.abc import Iterator

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances

from releasekit.checklist.model import Kind
from releasekit.parameters.reading import read
from releasekit.plan.compose import compose
from releasekit.run.people import Actor
from releasekit.run.run import Run
from releasekit.run.store import open_store
from releasekit.views.boxes import Boxes
from tests.record.example import Example, example


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Example:
    made = example(tmp_path_factory.mktemp("boxes"))
    loaded = read(made.base / "storefront.yaml")
    made.run.bind(compose(loaded.parameters, loaded.folder))
    return made


@pytest.fixture
def boxes(shown: Example) -> Iterator[Boxes]:
    made = Boxes(shown.run)
    yield made
    made.close()


def box(boxes: Boxes, item: str) -> ipywidgets.Checkbox:
    return boxes._rows[item].box


def text(boxes: Boxes, item: str) -> str:
    return str(boxes._rows[item].text.value)


def step(run: Run, number: int) -> str:
    plan = run.state.plan
    assert plan
    return [item.id for item in plan.checklist.items if item.kind is Kind.CHECK and not item.probe][number]


def somebody(shown: Example, name: str) -> Run:
    return Run(open_store(shown.store, shown.out), shown.run.run_id, Actor(name, "self-declared"))


def test_a_click_becomes_an_event_and_the_row_says_who_and_when(shown: Example, boxes: Boxes) -> None:
    item = step(shown.run, 0)
    assert box(boxes, item).value is False
    box(boxes, item).value = True  # as the browser does
    last = shown.run.store.events(shown.run.run_id)[-1]
    assert (last.kind, last.item) == ("item.ticked", item)
    assert box(boxes, item).value is True
    assert f"Ticked by {last.actor}" in text(boxes, item)
    assert last.at in text(boxes, item)
    box(boxes, item).value = False
    assert shown.run.store.events(shown.run.run_id)[-1].kind == "item.unticked"
    assert box(boxes, item).value is False


def test_a_box_that_is_moved_goes_back_before_the_run_is_asked(
    shown: Example, boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = step(shown.run, 1)
    asked: list[bool] = []
    monkeypatch.setattr(shown.run, "tick", lambda *_args, **_given: asked.append(box(boxes, item).value))
    box(boxes, item).value = True
    assert asked == [False]
    assert box(boxes, item).value is False  # nothing was saved, so nothing is shown


def test_a_refusal_shows_its_sentence_and_the_box_shows_the_log(shown: Example, boxes: Boxes) -> None:
    item = step(shown.run, 2)
    somebody(shown, "priya <b>").tick(item)
    assert box(boxes, item).value is False  # this view has not read the log since
    box(boxes, item).value = True
    assert "was first" in text(boxes, item)
    assert "priya &lt;b&gt;" in text(boxes, item)
    assert "priya <b>" not in text(boxes, item)
    assert box(boxes, item).value is True
    ticks = [one for one in shown.run.store.events(shown.run.run_id) if one.item == item]
    assert [one.actor for one in ticks] == ["priya <b>"]


def test_what_others_did_is_shown_when_the_run_reads_it(shown: Example, boxes: Boxes) -> None:
    item = step(shown.run, 3)
    somebody(shown, "jonas").tick(item)
    shown.run.refresh()
    assert box(boxes, item).value is True
    assert "Ticked by jonas" in text(boxes, item)


def test_signatures_and_steps_that_are_not_entered_cannot_be_ticked(shown: Example, boxes: Boxes) -> None:
    plan = shown.run.state.plan
    assert plan
    for item in plan.checklist.items:
        status = shown.run.state.items[item.id].status
        shut = item.kind is Kind.SIGN_OFF or status in {"not-entered", "not-applicable"}
        assert box(boxes, item.id).disabled is shut


def test_there_are_62_boxes_in_less_than_200_models_and_a_view_that_is_closed_leaves_none(shown: Example) -> None:
    before = set(_instances)
    made = Boxes(shown.run)
    models = [_instances[key] for key in set(_instances) - before]
    assert sum(isinstance(model, ipywidgets.Checkbox) for model in models) == 62
    assert len(models) < 200
    made.close()
    left = [_instances[key] for key in set(_instances) - before]
    assert len(left) < 25  # layouts and styles, and what holds the rows of a section
    shown.run.tick(step(shown.run, 4))  # nobody listens any more, and nothing breaks
