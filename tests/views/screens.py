"""``python -m tests.views.screens``: the pictures in reports/examples, of the example service in its main states."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.record.example import Example, example
from tests.services import require
from tests.views.servers import app, serving
from tests.views.walking import SLOW, box, darken, gathered, kernels, kill, person, row, walkthrough

PICTURES = Path(__file__).parents[2] / "reports" / "examples"
MONITORING = "Monitoring and alerting configured"


def take(page: Page, name: str, at: Locator | None = None) -> None:
    """A picture of the window, with ``at`` near its top."""
    page.mouse.move(5, 5)
    for _ in range(3):  # cells above that are drawn late push it down again
        if at is not None:
            at.first.evaluate("one => one.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / f"{name}.png")


def in_jupyterlab(browser: Browser, shown: Example) -> None:
    """Checklist, a refusal, an open row, metrics, sign-off, the dark theme, a dead kernel."""
    with person(browser, shown, walkthrough(shown), "Lena Hoffmann", 1280, 960) as page:
        gathered(page)
        page.get_by_role("tab", name="File Browser").first.click()  # folds the side bar
        take(page, "walkthrough-card", page.locator(".rk-sheet", has_text="Maintenance window:"))
        take(page, "walkthrough-checklist", page.locator(".rk-boxes"))
        box(page, MONITORING).click()
        expect(row(page, MONITORING)).to_contain_text("Ticked by", timeout=SLOW)
        row(page, MONITORING).get_by_role("button", name="More").click()
        expect(row(page, MONITORING).get_by_label("Note").first).to_be_visible(timeout=SLOW)
        take(page, "walkthrough-row", box(page, "SSL certificates valid"))
        box(page, "Version numbers updated").click()
        expect(row(page, "Version numbers updated")).to_contain_text("ticked by evidence", timeout=SLOW)
        take(page, "walkthrough-refused", box(page, "Feature flags configured appropriately"))
        take(page, "walkthrough-metrics", page.locator(".rk-sheet", has_text="3 objectives"))
        take(page, "walkthrough-signoff", page.locator(".rk-sheet", has_text="Who signs for what"))
        darken(page)
        take(page, "walkthrough-dark", page.locator(".rk-boxes"))
        kill(kernels(shown.folder))
        expect(page.locator(".rk-banner")).to_be_visible(timeout=SLOW)
        page.get_by_role("button", name="Ok", exact=True).click(timeout=SLOW)
        take(page, "walkthrough-not-recording", box(page, "SSL certificates valid"))


def in_voila(browser: Browser, shown: Example) -> None:
    """The page of its own, 1024 px wide."""
    book = walkthrough(shown)
    with serving(app(book, shown.store, shown.base), shown.folder, {"RELEASEKIT_USER": "Lena Hoffmann"}) as address:
        page = browser.new_page(viewport={"width": 1024, "height": 900})
        page.goto(address, timeout=SLOW)
        expect(box(page, MONITORING)).to_be_visible(timeout=SLOW)
        take(page, "walkthrough-app", page.locator(".rk-boxes"))
        page.close()


def main() -> None:
    """Take them all."""
    os.environ["HOME"] = tempfile.mkdtemp()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(require("chromium")), args=["--no-sandbox"])
        for picture in (in_jupyterlab, in_voila):
            with tempfile.TemporaryDirectory() as folder:
                picture(browser, example(Path(folder)))
        browser.close()


if __name__ == "__main__":
    main()
