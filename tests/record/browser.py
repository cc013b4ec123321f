"""Chromium, that looks at what was written; every request and every script error of a page is noted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright


@dataclass
class Seen:
    """A page, and what it asked for and said."""

    page: Page
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def chromium(require: Callable[[str], Path]) -> Iterator[Browser]:
    """A browser that resolves no name but this machine's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(require("chromium")),
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


def watched(browser: Browser, width: int = 1100, height: int = 900) -> Seen:
    """A new page whose requests and errors are noted."""
    seen = Seen(browser.new_page(viewport={"width": width, "height": height}))
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("dialog", lambda dialog: (seen.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    return seen
