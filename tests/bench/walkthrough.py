"""How long a tick takes in a browser, and the page to be ready, beside a plain notebook of check boxes."""

import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.record.example import Example, example
from tests.services import require
from tests.views.servers import lab, serving
from tests.views.walking import SLOW, cells, person, press_run_all, unfold

TICKS = 30
# the same number of boxes; the kernel answers each click by writing it down on the page, and keeps nothing
PLAIN = """
import ipywidgets as w
boxes = [w.Checkbox(description=f"item {n}", indent=False) for n in range(62)]
lines = [w.HTML() for _ in boxes]
for box, line in zip(boxes, lines):
    box.observe(lambda change, line=line: setattr(line, "value", "done" if change["new"] else ""), names="value")
page = w.VBox([one for pair in zip(boxes, lines) for one in pair])
page.add_class("plain")
page
"""
# from the click to the moment at which the page shows that the kernel has it, in ms
OURS = """async (name) => {
    const boxes = [...document.querySelectorAll('.rk-box')];
    const box = boxes.find(one => one.textContent.includes(name)).querySelector('input');
    const start = performance.now();
    box.click();
    while (!box.checked) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
THEIRS = """async (at) => {
    const box = document.querySelectorAll('.plain input')[at];
    const line = document.querySelectorAll('.plain .widget-html-content')[at];
    const start = performance.now();
    box.click();
    while (!line.textContent.includes('done')) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""


def ours(browser: Browser, shown: Example) -> tuple[float, list[float]]:
    """Seconds from opening to boxes that can be ticked, and ms of each tick, while another person looks on."""
    book = cells(shown, "release.checklist()")
    other = book.with_name("other.ipynb")
    other.write_text(book.read_text())
    start = time.perf_counter()
    with person(browser, shown, book, "Lena Hoffmann") as page:
        page.locator(".rk-boxes.rk-guarded").wait_for(timeout=SLOW)
        ready = time.perf_counter() - start
        with person(browser, shown, other, "Amara Okafor"):
            unfold(page)
            plan = shown.run.refresh().plan
            assert plan
            names = [item.text for item in plan.checklist.items if item.phase != "rollback" and item.kind != "sign-off"]
            once = [name for name in names if names.count(name) == 1]
            return ready, [page.evaluate(OURS, name) for name in once[:TICKS]]


def plain(browser: Browser, shown: Example) -> tuple[float, list[float]]:
    """The same of the plain notebook."""
    book = cells(shown, PLAIN)
    start = time.perf_counter()
    with serving(lab(book, shown.store, shown.base), shown.folder) as address:
        page: Page = browser.new_page()
        page.goto(f"{address}/lab/tree/{book.name}")
        page.locator(".jp-NotebookPanel-toolbar").wait_for(timeout=SLOW)
        press_run_all(page)
        page.locator(".plain input").first.wait_for(timeout=SLOW)
        return time.perf_counter() - start, [page.evaluate(THEIRS, at) for at in range(TICKS)]


def measure(folder: Path) -> dict[str, Any]:
    """Both, and the ratios; nothing where Chromium is missing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(require("chromium")), args=["--no-sandbox"])
        found = {}
        for name, contender in (("plain", plain), ("releasekit", ours)):
            ready, ticks = contender(browser, example(folder / name))
            found[name] = {
                "ready_seconds": round(ready, 1),
                "tick_median_ms": round(median(ticks), 1),
                "tick_p95_ms": round(quantiles(ticks, n=20)[18], 1),
            }
        browser.close()
    ratios = {key: round(found["releasekit"][key] / found["plain"][key], 2) for key in found["plain"]}
    return {**found, "ratio": ratios}
