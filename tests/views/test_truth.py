"""Promise P5: whatever is killed, the screen never shows a tick that the log does not hold."""

import random
import sqlite3
from collections.abc import Iterator
from threading import Timer

import pytest
from playwright.sync_api import Browser, Page, expect

from releasekit.checklist.model import Kind
from releasekit.run.events import moment
from releasekit.run.state import Status
from tests.counts import count
from tests.record.example import Example, example
from tests.views.walking import SLOW, box, cells, checked, kernels, kill, person, run_all, unfold

# every box that is ever seen ticked, and when it was first seen so; looked at far more often than anybody sees
WATCH = """() => {
    window.rkSeen ??= {};
    window.rkWatch ??= setInterval(() => {
        for (const one of document.querySelectorAll('.rk-box input:checked')) {
            window.rkSeen[one.closest('label').textContent] ??= Date.now();
        }
    }, 5);
}"""


@pytest.fixture
def shown(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return example(tmp_path_factory.mktemp("truth"))


@pytest.fixture
def page(shown: Example, chromium: Browser) -> Iterator[Page]:
    # no evidence: every box is a person's
    with person(chromium, shown, cells(shown, "release.checklist()"), "Lena Hoffmann") as page:
        yield page


def ticked(shown: Example) -> dict[str, float]:
    """The texts of the items whose tick the log holds, and when it was given (ms)."""
    state = shown.run.refresh()
    assert state.plan
    at = {one.id: moment(one.at).timestamp() * 1000 for one in state.items.values() if one.ticked}
    return {item.text: at[item.id] for item in state.plan.checklist.items if item.id in at}


@pytest.mark.real_time("Chromium, which does not come up under faketime, goes by the machine's clock")
def test_no_box_is_ticked_that_is_not_in_the_log_whenever_the_kernel_is_killed(page: Page, shown: Example) -> None:
    chance = random.Random(5)
    state = shown.run.refresh()
    assert state.plan
    shut = (Status.NOT_APPLICABLE, Status.NOT_ENTERED)
    items = [
        one.text
        for one in state.plan.checklist.items
        if one.kind is not Kind.SIGN_OFF and state.items[one.id].status not in shut
    ]
    names = [name for name in items if items.count(name) == 1][: count("views.ticks")]
    killing = set(chance.sample(range(1, len(names)), count("views.kills")))
    unfold(page)
    page.evaluate(WATCH)
    for at, name in enumerate(names):
        if at in killing:
            Timer(chance.uniform(0, 0.15), kill, [kernels(shown.folder)]).start()
            box(page, name).click()
            alone_with_a_dead_kernel(page, shown, names[-1])
            run_all(page)
            unfold(page)
            page.evaluate(WATCH)
            expect(page.locator(".rk-banner")).to_have_count(0, timeout=SLOW)
            assert set(checked(page)) == set(ticked(shown))
            if name in ticked(shown):
                continue
        box(page, name).click()
        expect(box(page, name)).to_be_checked(timeout=SLOW)
    log = ticked(shown)
    seen: dict[str, float] = page.evaluate("window.rkSeen")
    assert set(names) <= set(log)
    assert set(seen) == set(log)
    assert [name for name, at in seen.items() if at < log[name]] == []


def alone_with_a_dead_kernel(page: Page, shown: Example, another: str) -> None:
    """The banner says so, and no box moves, by mouse, label or key."""
    expect(page.locator(".rk-banner")).to_contain_text("Not recording", timeout=SLOW)
    before = checked(page)
    assert set(before) <= set(ticked(shown))
    restarted = page.get_by_role("button", name="Ok", exact=True)
    restarted.click(timeout=SLOW)
    if page.locator(".rk-dead").count():
        box(page, another).click(force=True)
        page.locator(".rk-box .widget-label-basic", has_text=another).first.click(force=True)
        box(page, another).focus()
        page.keyboard.press("Space")
    assert checked(page) == before
    assert set(checked(page)) <= set(ticked(shown))


def test_a_click_that_the_kernel_cannot_answer_yet_says_what_it_waits_for(page: Page, shown: Example) -> None:
    unfold(page)
    item = box(page, "Monitoring and alerting configured")
    # the store is held by somebody else for as long as the click is looked at
    held = sqlite3.connect(shown.out / "releases.db", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    item.click()
    waiting = page.locator(".rk-box.rk-waiting")
    expect(page.locator(".rk-box.rk-saving")).to_have_count(1, timeout=SLOW)
    expect(waiting).to_have_count(1, timeout=SLOW)
    expect(item).not_to_be_checked()
    held.execute("ROLLBACK")
    held.close()
    expect(item).to_be_checked(timeout=SLOW)
    expect(waiting).to_have_count(0)
