"""A whole release of the example service, walked by two people: the log, both screens and the export agree."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from releasekit.checklist.model import Item, Kind, Phase
from releasekit.document.items import item_line
from releasekit.record.export import to_markdown
from releasekit.run.readiness import holding, readiness
from releasekit.run.state import RunState
from releasekit.views.rows import words
from tests.counts import count
from tests.record.example import Example
from tests.views.walking import SLOW, box, changed, checked, gathered, numbered, person, row, saved, unfold, walkthrough

LENA, AMARA = "Lena Hoffmann", "Amara Okafor"  # Lena wrote commits of this release, Amara none


def for_two(text: str) -> str:
    """Two people share the four roles."""
    for name in ("Tomás Rivera", "Jonas Weber"):
        assert name in text
    text = text.replace("Tomás Rivera", LENA).replace("Jonas Weber", AMARA)
    return text.replace("  window:\n", "  signing: {several_roles: true}\n  window:\n", 1)


@pytest.fixture
def shown(tmp_path: Path) -> Example:
    return changed(tmp_path, for_two)


def test_two_people_walk_a_release_to_its_end_and_all_say_the_same(shown: Example, chromium: Browser) -> None:
    books = [walkthrough(shown, name) for name in ("hers.ipynb", "walkthrough.ipynb")]
    with person(chromium, shown, books[0], AMARA) as amara, person(chromium, shown, books[1], LENA) as lena:
        gathered(amara)
        for page in (amara, lena):
            unfold(page)
        the_gate_is_shut(lena)
        one_ticks_and_the_other_sees_it(lena, amara)
        waive(amara, "Stakeholders notified", "told in person")
        walk(shown, Phase.DEPLOY, lena, amara)
        walk(shown, Phase.VERIFY, amara, lena)
        walk(shown, Phase.CLOSE, lena, amara)
        finish(shown, lena, amara)
        state = shown.run.refresh()
        assert readiness(state, datetime.now(UTC)).all == "go"
        lena.get_by_label("Outcome").select_option("deployed")
        lena.get_by_role("button", name="Close the run").click()
        for page in (lena, amara):
            expect(page.locator(".rk-sheet", has_text="Deployed,")).to_have_count(1, timeout=SLOW)
        agree(shown, lena, amara)


def the_gate_is_shut(page: Page) -> None:
    page.get_by_role("button", name="Go on to deploy", exact=True).click()
    expect(page.locator(".rk-boxes .rk-refused").first).to_contain_text("The gate to deploy is held", timeout=SLOW)


def one_ticks_and_the_other_sees_it(one: Page, other: Page) -> None:
    box(one, "SSL certificates valid").click()
    expect(box(other, "SSL certificates valid")).to_be_checked(timeout=SLOW)
    expect(row(other, "SSL certificates valid")).to_contain_text("Ticked by Lena Hoffmann")
    note(row(one, "SSL certificates valid"), "Keep the note")


def waive(page: Page, text: str, reason: str) -> None:
    one = row(page, text)
    one.get_by_role("button", name="More").click()
    one.get_by_label("Reason", exact=True).fill(reason)
    one.get_by_role("button", name="Waive").click()
    expect(one).to_contain_text(f"Waived by {AMARA}", timeout=SLOW)


def note(one: Locator, button: str) -> None:
    one.get_by_role("button", name="More").click()
    sent = one.get_by_role("button", name=button)
    form = one.locator("form", has=one.page.get_by_role("button", name=button))
    form.get_by_label("Note").fill("looked at it")
    sent.click()
    expect(one).to_contain_text("looked at it (", timeout=SLOW)


def held(shown: Example, target: Phase | None) -> list[Item]:
    """The items that hold the gate, or, at the end, that are waited for."""
    state = shown.run.refresh()
    assert state.plan
    ids = holding(state, target, datetime.now(UTC)) if target else unsettled(state)
    return [item for item in state.plan.checklist.items if item.id in ids]


def unsettled(state: RunState) -> set[str]:
    waited = " ".join((*readiness(state, datetime.now(UTC)).waiting, *readiness(state, datetime.now(UTC)).blocked))
    return {item.id for item in state.plan.checklist.items if f"“{item.text}”" in waited} if state.plan else set()


def walk(shown: Example, target: Phase, one: Page, other: Page) -> None:
    """Settle what holds the gate, each in turn, sign where it is asked for, and go on."""
    settle(shown, held(shown, target), one, other)
    if target is Phase.DEPLOY:
        sign(shown, "go", one, other)
    one.get_by_role("button", name=f"Go on to {target}", exact=True).click()
    for page in (one, other):
        expect(page.locator(".rk-phase.rk-now")).to_contain_text(str(target), timeout=SLOW)


def finish(shown: Example, one: Page, other: Page) -> None:
    settle(shown, held(shown, None), one, other)
    sign(shown, "close", one, other)


def settle(shown: Example, items: list[Item], *pages: Page) -> None:
    state = shown.run.refresh()
    assert state.plan
    clicked = [item for item in items if item.kind is not Kind.SIGN_OFF][: count("views.items")]
    for at, item in enumerate(clicked):
        one = numbered(pages[at % 2], state.plan.checklist.items.index(item))
        if item.kind is Kind.TRIGGER:
            one.get_by_role("button", name="Did not fire").first.click()
            expect(one).to_contain_text("says that it did not fire", timeout=SLOW)
        else:
            note(one, "Keep the note" if state.items[item.id].ticked else "Tick with this note")
    for item in items:
        if item not in clicked and item.kind is not Kind.SIGN_OFF:  # a script does what the screen can
            act = shown.run.clear if item.kind is Kind.TRIGGER else shown.run.tick
            act(item.id, note="looked at it")


def sign(shown: Example, scope: str, *pages: Page) -> None:
    for page in pages:
        who = page.locator(".rk-recording").first.inner_text()
        roles = ("Technical Lead", "DevOps Engineer") if LENA in who else ("Product Owner", "Release Manager")
        for role in roles:
            button = page.get_by_role("button", name=f"Sign as {role} ({scope})")
            button.click()
            expect(button).to_have_count(0, timeout=SLOW)


def agree(shown: Example, lena: Page, amara: Page) -> None:
    """The log, both screens and the Markdown of the saved notebook have the same boxes ticked."""
    state = shown.run.refresh()
    assert state.plan
    assert state.outcome == "deployed"
    log = Counter(words(state, item) for item in state.plan.checklist.items if item_line(state, item).box)
    for page in (lena, amara):
        expect(page.locator(".rk-recording")).to_contain_text(f"event {state.size}", timeout=SLOW)
        assert Counter(checked(page)) == log
        assert page.locator(".rk-box input:not(:disabled)").count() == 0
        expect(page.locator(".rk-twin-checklist")).to_contain_text(f"event {state.size} of run", timeout=SLOW)
        expect(page.locator(".rk-twin-timeline")).to_contain_text("closed the run: deployed", timeout=SLOW)
    text = to_markdown(saved(lena, shown.folder / "walkthrough.ipynb"))
    assert text.count("\n- [x] ") == log.total()
    for name in log:
        assert f"- [x] {name}" in text.replace("\\", "").replace("**", "")
    assert "Waived by Amara Okafor" in text
    assert "closed the run: deployed" in text
