"""The walkthrough in a real JupyterLab and Chromium: a tick is an event, and the saved notebook shows it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from releasekit.record.export import to_html, to_markdown
from releasekit.run.people import Actor
from releasekit.run.run import Run
from releasekit.run.store import open_store
from tests.record.example import Example, example
from tests.views.walking import SLOW, box, darken, gathered, person, row, saved, settled, violations, walkthrough

MONITORING = "Monitoring and alerting configured"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return example(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def page(shown: Example, chromium: Browser) -> Iterator[Page]:
    with person(chromium, shown, walkthrough(shown), "Lena Hoffmann") as page:
        gathered(page)
        yield page


def test_jupyterlab_gets_check_boxes_without_being_told_and_asks_nothing_itself(page: Page) -> None:
    expect(box(page, MONITORING)).to_be_visible(timeout=SLOW)
    expect(page.locator(".rk-twin-checklist")).to_be_hidden()
    expect(page.locator(".rk-recording")).to_contain_text("Recording as Lena Hoffmann (self-declared)")
    expect(page.get_by_text("Jupyter news")).to_have_count(0)


def ticked(page: Page) -> None:
    """Tick the item, or find it ticked: each test can be the first one."""
    one = box(page, MONITORING)
    if not one.is_checked():
        one.click()
    expect(one).to_be_checked(timeout=SLOW)


def test_a_tick_becomes_an_event_and_is_shown_with_who_and_when(page: Page, shown: Example) -> None:
    if box(page, MONITORING).is_checked():
        box(page, MONITORING).click()
        expect(box(page, MONITORING)).not_to_be_checked(timeout=SLOW)
    ticked(page)
    expect(row(page, MONITORING)).to_contain_text("Ticked by Lena Hoffmann (self-declared)")
    last = shown.run.store.events(shown.run.run_id)[-1]
    assert (last.kind, last.item) == ("item.ticked", "infrastructure.monitoring-configured")
    expect(row(page, MONITORING).locator(f'time[datetime="{last.at[:19]}Z"]')).to_have_count(1)


def test_the_keyboard_ticks_moves_and_searches_and_deletes_no_cell(page: Page, shown: Example) -> None:
    one = box(page, "SSL certificates valid")
    cells = page.locator(".jp-Cell").count()
    one.focus()
    page.keyboard.press("d")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    expect(one).to_be_checked(timeout=SLOW)
    settled(page)
    page.keyboard.press("Enter")
    expect(one).not_to_be_checked(timeout=SLOW)
    page.keyboard.press("ArrowDown")
    expect(box(page, MONITORING)).to_be_focused()
    page.keyboard.press("o")
    expect(row(page, MONITORING).get_by_label("Why it does not apply")).to_be_visible(timeout=SLOW)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("certificates")
    expect(page.locator(".rk-count")).to_contain_text("of 62 items")
    expect(one).to_be_visible()
    expect(box(page, MONITORING)).to_be_hidden()
    page.get_by_role("searchbox", name="Search").fill("")
    expect(box(page, MONITORING)).to_be_visible()
    assert page.locator(".jp-Cell").count() == cells


def test_filters_and_folds_change_only_what_is_seen(page: Page, shown: Example) -> None:
    events = shown.run.refresh().size
    page.get_by_role("button", name="Blocking", exact=True).click()
    expect(box(page, "SSL certificates valid")).to_be_visible()
    expect(box(page, "Version numbers updated")).to_be_hidden()
    page.get_by_role("button", name="All", exact=True).click()
    fold = page.get_by_role("button", name="Code Readiness")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(box(page, "Version numbers updated")).to_be_hidden()
    fold.click()
    expect(box(page, "Version numbers updated")).to_be_visible()
    assert shown.run.refresh().size == events


def test_a_refused_click_says_why_and_the_box_stays_as_the_log_has_it(page: Page, shown: Example) -> None:
    version = box(page, "Version numbers updated")
    expect(version).to_be_checked(timeout=SLOW)
    events = shown.run.refresh().size
    version.click()
    expect(row(page, "Version numbers updated")).to_contain_text("ticked by evidence, not by a person", timeout=SLOW)
    expect(version).to_be_checked()
    assert shown.run.refresh().size == events


def test_what_is_typed_and_the_focus_outlive_what_others_do_to_the_same_row(page: Page, shown: Example) -> None:
    if row(page, MONITORING).locator("form").count() == 0:
        row(page, MONITORING).get_by_role("button", name="More").click()
    field = row(page, MONITORING).get_by_label("Note").first
    field.fill("seen in the dash")
    other = Run(open_store(shown.store, shown.out), shown.run.run_id, Actor("Jonas", "self-declared"))
    other.note("infrastructure.monitoring-configured", "<b>looked</b> at it")
    expect(row(page, MONITORING)).to_contain_text("<b>looked</b> at it", timeout=SLOW)
    expect(field).to_have_value("seen in the dash")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(row(page, MONITORING)).to_contain_text("seen in the dash (Lena Hoffmann", timeout=SLOW)


def test_the_parts_are_accessible_in_the_light_and_in_the_dark(page: Page) -> None:
    assert violations(page) == []
    darken(page)
    assert violations(page) == []


def test_the_saved_notebook_shows_the_tick_wherever_it_is_opened_without_a_kernel(
    page: Page, shown: Example, chromium: Browser
) -> None:
    ticked(page)
    as_of = f"event {shown.run.refresh().size} of run"
    expect(page.locator(".rk-twin-checklist")).to_contain_text(as_of, timeout=SLOW)
    node = saved(page, shown.folder / "walkthrough.ipynb")
    for text in (to_markdown(node), to_html(node)):
        assert "Ticked by" in text
        assert "VBox" not in text
        assert as_of in text
    assert f"- [x] {MONITORING}" in to_markdown(node)
    exported = shown.folder / "walkthrough.html"
    exported.write_text(to_html(node))
    for scheme in ("light", "dark"):
        alone = chromium.new_page(color_scheme=scheme)
        alone.goto(exported.as_uri())
        assert violations(alone, ("main",)) == []
        alone.close()
    address = page.url.partition("/lab")[0]
    alone = page.context.new_page()
    alone.goto(f"{address}/nbconvert/html/walkthrough.ipynb", referer=f"{address}/lab")
    expect(alone.locator(".rk-twin-checklist")).to_contain_text("Ticked by Lena Hoffmann")
    expect(alone.locator(".rk-boxes")).to_have_count(0)
    alone.close()
