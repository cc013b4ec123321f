from dataclasses import replace

from releasekit import document
from releasekit.checklist.model import Checklist, Section
from releasekit.document.release import unopened
from releasekit.document.ticked import read
from tests.run.samples import DEPLOYED, ITEMS, LEAD, UAT, UNIT, plan


def ticked(markdown: str) -> list[str]:
    return [one.item for one in read(markdown, plan()).ticked]


def test_what_we_wrote_and_somebody_ticked_is_read_back() -> None:
    markdown = document.markdown(document.checklist(unopened(plan())))
    assert ticked(markdown) == []
    lines = markdown.splitlines()
    for text in ("User acceptance testing approved", "New application version deployed"):
        (at,) = [n for n, line in enumerate(lines) if line.startswith("- [ ]") and text in line]
        lines[at] = lines[at].replace("[ ]", "[x]")
    assert ticked("\n".join(lines)) == [UAT, DEPLOYED]


def test_a_remark_behind_the_words_is_kept_with_its_line() -> None:
    (one,) = read("## All\n\n- [X] User acceptance testing approved — by Ada, Monday\n", plan()).ticked
    assert (one.item, one.line, one.note) == (UAT, 3, "by Ada, Monday")


def test_a_remark_is_kept_as_it_was_written() -> None:
    line = "- [x] **User acceptance** testing  approved** : see `TICKET_4711` ~ *Ada*"
    assert [one.note for one in read(line, plan()).ticked] == ["see `TICKET_4711` ~ *Ada*"]
    assert [one.note for one in read("- [x] Review — GROSS und STRASSE", plan()).ticked] == []
    assert len(read(f"- [x] All unit tests passing: {'x' * 100_000}", plan()).ticked[0].note) == 100_000


def test_markup_and_case_do_not_matter() -> None:
    assert ticked("* [x] **All unit tests** *passing*\n") == [UNIT]
    assert ticked("- [x] **Technical Lead**: Ada - 2026-11-24\n") == [LEAD]


def test_quotations_code_and_other_lists_tick_nothing() -> None:
    words = "- [x] All unit tests passing"
    for text in (f"> {words}", f"```\n{words}\n```", f"~~~~\n{words}\n~~~\n{words}\n~~~~", f"    {words}", words[2:]):
        assert ticked(text) == []
    assert ticked(f"```\ncode\n```\n{words}") == [UNIT]


def test_a_tick_that_is_about_nothing_here_is_said() -> None:
    assert read("- [x] Coffee made\n- [ ] Tea made\n", plan()).unplaced == ((1, "Coffee made"),)


def test_of_two_items_with_the_same_words_the_heading_says_which() -> None:
    twin = replace(ITEMS[0], id="other.unit-tests")
    sections = (Section("First", 1, ITEMS), Section("Second", 1, (twin,)))
    whole = replace(plan(), checklist=Checklist("Checklist", sections))
    words = "- [x] All unit tests passing"
    assert [one.item for one in read(f"# Second\n{words}\n# First\n{words}", whole).ticked] == [twin.id, UNIT]
    assert read(words, whole).unplaced == ((1, "All unit tests passing"),)
