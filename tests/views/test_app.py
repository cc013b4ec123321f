"""The walkthrough as a page of its own: Voilà, behind a base URL, with the network cut."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.record.browser import watched
from tests.record.example import example
from tests.views.servers import app, serving
from tests.views.walking import SLOW, box, row, violations, walkthrough

MONITORING = "Monitoring and alerting configured"


def test_the_page_ticks_shows_no_code_and_asks_nobody_outside(tmp_path: Path, chromium: Browser) -> None:
    shown = example(tmp_path)
    book = walkthrough(shown)
    command = app(book, shown.store, shown.base, "/hub/user/lena/")
    with serving(command, shown.folder, {"RELEASEKIT_USER": "Lena Hoffmann"}) as address:
        seen = watched(chromium, 1024, 1400)
        seen.page.goto(f"{address}/hub/user/lena/", timeout=SLOW)
        page = seen.page
        box(page, MONITORING).click(timeout=SLOW)
        expect(box(page, MONITORING)).to_be_checked(timeout=SLOW)
        expect(row(page, MONITORING)).to_contain_text("Ticked by Lena Hoffmann")
        assert shown.run.refresh().items["infrastructure.monitoring-configured"].ticked
        assert "release.card()" not in page.content()
        expect(page.get_by_text("Run the cells from top to bottom")).to_have_count(0)
        expect(page.locator(".rk-twin-checklist")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert violations(page) == []
        page.goto(f"{address}/hub/user/lena/?theme=dark", timeout=SLOW)
        expect(box(page, MONITORING)).to_be_checked(timeout=SLOW)
        assert violations(page) == []
        here = (address, "data:", "blob:")
        assert [url for url in seen.requests if not url.startswith(here)] == []
        assert seen.said == []
        page.close()
