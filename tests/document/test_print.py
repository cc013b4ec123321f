"""On paper everything is there, what is folded on the screen too. With Chromium."""

import re
from pathlib import Path

from playwright.sync_api import Browser

from releasekit import document
from releasekit.document.blocks import Table, plain
from tests.record.browser import watched

ROWS = tuple((plain(f"fact {number}"), plain("a value")) for number in range(400))


def pages(browser: Browser, folder: Path, *, folded: bool) -> int:
    file = folder / f"{folded}.html"
    table = Table("400 facts", ("fact", "value"), ROWS, folded=folded)
    file.write_text(document.page((table,), "facts"), encoding="utf-8")
    seen = watched(browser)
    seen.page.goto(file.as_uri())
    assert seen.page.get_by_text("fact 399").is_visible() is not folded
    count = len(re.findall(rb"/Type ?/Page\b", seen.page.pdf(format="A4")))
    seen.page.close()
    return count


def test_a_folded_table_is_printed_as_one_that_is_open(chromium: Browser, tmp_path: Path) -> None:
    open_one = pages(chromium, tmp_path, folded=False)
    assert open_one > 3
    assert pages(chromium, tmp_path, folded=True) == open_one
