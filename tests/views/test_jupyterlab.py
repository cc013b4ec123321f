"""The walkthrough in a real JupyterLab and Chromium: a tick is an event, and the saved notebook shows it."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from releasekit.record.bind import binding, bound_copy
from releasekit.record.export import to_html, to_markdown
from releasekit.record.resources import find
from tests.record.browser import watched
from tests.record.example import Example, example
from tests.views.servers import lab, serving

SLOW = 120_000  # ms, on a shared machine


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Example:
    made = example(tmp_path_factory.mktemp("lab"))
    made.folder.mkdir(parents=True)
    given = binding(made.run.run_id, made.base, made.folder, interactive=True)
    del given["interactive"]  # so that the notebook's own default has to find out that a person is there
    bound_copy(find("notebooks/release.ipynb"), made.folder, given)
    return made


@pytest.fixture(scope="module")
def page(shown: Example, chromium: Browser) -> Iterator[Page]:
    notebook = shown.folder / "walkthrough.ipynb"
    with serving(lab(notebook, shown.store, shown.base), shown.folder) as address:
        seen = watched(chromium, 1300, 1500)
        seen.page.goto(f"{address}/lab/tree/walkthrough.ipynb")
        seen.page.locator(".jp-NotebookPanel-toolbar").wait_for(timeout=SLOW)
        seen.page.get_by_text("| Idle").wait_for(timeout=SLOW)
        seen.page.get_by_role("menuitem", name="Run", exact=True).click()
        seen.page.get_by_text("Run All Cells", exact=True).click()
        seen.page.locator(".rk-twin-facts").wait_for(state="attached", timeout=SLOW)
        yield seen.page
        seen.page.close()


def test_jupyterlab_gets_check_boxes_without_being_told(page: Page) -> None:
    boxes = page.locator(".rk-boxes input[type=checkbox]")
    expect(boxes.first).to_be_visible(timeout=SLOW)
    expect(page.locator(".rk-twin-checklist")).to_be_hidden()


def test_a_tick_becomes_an_event_and_is_shown_with_who_and_when(page: Page, shown: Example) -> None:
    rollback = page.locator(".rk-boxes label", has_text="Rollback plan documented").locator("input")
    expect(rollback).not_to_be_checked()
    rollback.click()
    expect(page.locator(".rk-boxes").get_by_text(re.compile("Ticked by"))).to_be_visible(timeout=SLOW)
    expect(rollback).to_be_checked()
    last = shown.run.store.events(shown.run.run_id)[-1]
    assert (last.kind, last.item) == ("item.ticked", "code.rollback-plan-documented")
    expect(page.locator(".rk-boxes").get_by_text(last.at)).to_be_visible()


def test_a_refused_click_says_why_and_the_box_stays_as_the_log_has_it(page: Page, shown: Example) -> None:
    version = page.locator(".rk-boxes label", has_text="Version numbers updated").locator("input")
    expect(version).to_be_checked()
    events = len(shown.run.store.events(shown.run.run_id))
    version.click()
    expect(page.locator(".rk-refused")).to_contain_text("is not ticked", timeout=SLOW)
    expect(version).to_be_checked()
    assert len(shown.run.store.events(shown.run.run_id)) == events


def test_the_saved_notebook_shows_the_tick_where_no_widget_can_live(page: Page, shown: Example) -> None:
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    path = shown.folder / "walkthrough.ipynb"
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    while path.stat().st_mtime_ns == before:
        page.wait_for_timeout(100)
    node = json.loads(path.read_text())
    for text in (to_markdown(node), to_html(node)):
        assert "Ticked by" in text
        assert "VBox" not in text
    assert "- [x] Rollback plan documented" in to_markdown(node)
