"""A person before the walkthrough in a real browser: opens it, runs its cells, ticks; and what the boxes show."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Locator, Page, expect

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.parameters.reading import read
from releasekit.record.bind import binding, bound_copy
from releasekit.record.place import Folder
from releasekit.record.resources import find
from tests.record.example import Example, address, folder_of, notebook, opened
from tests.views.servers import lab, serving

SLOW = 60_000  # ms, on a shared machine
expect.set_options(timeout=SLOW)
OURS = (".rk-boxes", ".rk-sheet", ".rk-twin")
AXE = Path(AXE_FILE_PATH)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def changed(root: Path, edit: Callable[[str], str]) -> Example:
    """The example with another parameter file."""
    file = write_parameters(lay_out(root), find("parameters"))
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    loaded, out = read(file), root / "reports"
    run = opened(out, loaded.parameters, loaded.folder)
    return Example(run, loaded.folder, out, address(out), folder_of(out, run))


def walkthrough(shown: Example, name: str = "walkthrough.ipynb") -> Path:
    """The notebook that is bound to the example's run; the notebook itself has to find out that a person is there."""
    shown.folder.mkdir(parents=True, exist_ok=True)
    given = binding(shown.run.run_id, shown.base, Folder(shown.folder), interactive=True)
    del given["interactive"]
    made = bound_copy(find("notebooks/release.ipynb"), shown.folder, given)
    return made if made.name == name else made.rename(made.with_name(name))


def cells(shown: Example, *sources: str) -> Path:
    """A notebook of the example's run with these cells alone, each after ``release`` was opened."""
    shown.folder.mkdir(parents=True, exist_ok=True)
    opening = f"from releasekit.views import walkthrough\nrelease = walkthrough.open(run_id={shown.run.run_id!r})"
    return notebook(shown.folder / "walkthrough.ipynb", opening, *sources)


@contextmanager
def person(
    browser: Browser, shown: Example, book: Path, who: str, wide: int = 1300, high: int = 1400
) -> Iterator[Page]:
    """``who`` before ``book`` in a JupyterLab and a browser of their own, all cells run."""
    own = {"RELEASEKIT_USER": who, "JUPYTERLAB_WORKSPACES_DIR": str(shown.base / f"workspaces-{book.stem}")}
    with serving(lab(book, shown.store, shown.base), shown.folder, own) as where:
        context = browser.new_context(viewport={"width": wide, "height": high})
        context.set_default_timeout(SLOW)
        page = context.new_page()
        page.goto(f"{where}/lab/tree/{book.name}")
        page.locator(".jp-NotebookPanel-toolbar").wait_for(timeout=SLOW)
        run_all(page)
        yield page
        context.close()


def run_all(page: Page) -> None:
    """Run all cells, and wait until the guard watches over what they show."""
    page.evaluate("document.querySelectorAll('.rk-guarded').forEach(one => one.classList.add('rk-before'))")
    press_run_all(page)
    page.locator(".rk-guarded:not(.rk-before)").first.wait_for(state="attached", timeout=SLOW)


def press_run_all(page: Page) -> None:
    """Once the kernel is idle."""
    page.get_by_text("| Idle").wait_for(timeout=SLOW)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


def gathered(page: Page) -> None:
    """Wait until all sources that were asked have answered."""
    expect(page.locator(".rk-gathering").first).to_contain_text(
        re.compile(r"(\d+) of \1 sources answered"), timeout=SLOW
    )


def box(page: Page, text: str) -> Locator:
    """The check box of the item with this text."""
    return page.locator(".rk-box", has=page.get_by_text(text, exact=True)).locator("input")


def settled(page: Page) -> None:
    """Wait until all that was asked has its answer: a box takes no second question before."""
    expect(page.locator(".rk-saving, .rk-waiting")).to_have_count(0)


def row(page: Page, text: str) -> Locator:
    """What stands below it."""
    at = page.locator(".rk-box", has=page.get_by_text(text, exact=True)).first
    number = at.evaluate("one => [...one.classList].find(name => name.startsWith('rk-at-')).slice(6)")
    return numbered(page, number)


def numbered(page: Page, number: int) -> Locator:
    """The row of the item with this number: some texts stand in the checklist twice."""
    return page.locator(f'[data-rk-row="{number}"]')


def unfold(page: Page) -> None:
    """Open every section."""
    for button in page.locator("[data-rk-ui=fold][aria-expanded=false]").all():
        button.click()


def checked(page: Page) -> list[str]:
    """The texts of the boxes that are ticked on the screen, in their order."""
    script = """() => [...document.querySelectorAll('.rk-box')].filter(one => one.querySelector('input').checked)
                   .map(one => one.querySelector('.widget-label-basic').textContent)"""
    found: list[str] = page.evaluate(script)
    return found


def saved(page: Page, path: Path) -> dict[str, Any]:
    """The notebook after its JupyterLab saved it."""
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    read: dict[str, Any] = {}
    while not read:
        page.wait_for_timeout(100)
        with suppress(ValueError):  # JupyterLab is at it
            read = json.loads(path.read_text()) if path.stat().st_mtime_ns != before else {}
    return read


def kernels(folder: Path) -> list[int]:
    """The kernels that have this folder as their working directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder and b"ipykernel" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def kill(pids: Sequence[int]) -> None:
    """At once, without a chance to say anything."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def violations(page: Page, parts: Sequence[str] = OURS) -> list[str]:
    """What axe-core finds wrong in the parts that are there: rule, element, why."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    script = """async ([parts, levels]) => {
        const include = parts.filter(one => document.querySelector(one)).map(one => [one]);
        const found = await axe.run({include}, {runOnly: levels});
        return found.violations.flatMap(rule => rule.nodes.map(node =>
            `${rule.id}: ${node.html.slice(0, 200)}: ${node.failureSummary}`));
    }"""
    found: list[str] = page.evaluate(script, [list(parts), LEVELS])
    return found


def darken(page: Page) -> None:
    """JupyterLab's dark theme."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.get_by_text("Theme", exact=True).first.hover()
    page.get_by_text("JupyterLab Dark", exact=True).first.click()
    page.locator('body[data-jp-theme-light="false"]').wait_for(state="attached", timeout=SLOW)
