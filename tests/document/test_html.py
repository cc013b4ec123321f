import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from math import inf, nan
from pathlib import Path

import pytest

from releasekit import document
from releasekit.document.blocks import Span, Spark, Table
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis, Finding, Severity
from releasekit.record.clean import is_plain
from releasekit.run.state import Readiness
from tests.document.samples import READINESS, answered, opened, plan

VOID = {"meta", "input"}


class Page(HTMLParser):
    """Elements with their attributes, and whether all that is opened is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.stack: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def shown() -> Page:
    return Page(document.page(document.whole(answered(), READINESS), "shop 2.4.0"))


def test_a_page_is_well_formed_and_one_file_without_script_and_requests() -> None:
    text = document.page(document.whole(answered(), READINESS), "shop <2.4.0>")
    page = Page(text)
    assert page.stack == []
    assert not {"script", "link", "img", "iframe", "form", "object"} & {tag for tag, _ in page.elements}
    assert not any(name.startswith("on") or name in {"src", "style"} for _, given in page.elements for name in given)
    assert all(str(link["href"]).startswith("#") for link in page.of("a"))
    assert "default-src 'none'" in text
    assert "<title>shop &lt;2.4.0&gt;</title>" in text


def test_the_style_asks_for_nothing_from_elsewhere_and_touches_only_what_is_ours() -> None:
    style = document.css()
    assert not re.search(r"url\(|@import|https?:|expression|position:\s*fixed", style)
    without_comments = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    for rule in re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]*\{", "", without_comments)):
        assert all("releasekit" in one or ".rk-page" in one for one in re.split(r",(?![^(]*\))", rule)), rule


def test_every_box_is_disabled_labelled_and_ticked_only_as_the_run_says() -> None:
    page = shown()
    boxes = page.of("input")
    assert all(box["type"] == "checkbox" and "disabled" in box for box in boxes)
    assert sum("checked" in box for box in boxes) == 3
    assert len(page.of("label")) == len(boxes) == 61, "the item that does not apply has none"


def test_headings_follow_each_other_without_a_gap_and_tables_have_captions_and_scopes() -> None:
    page = shown()
    ranks = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(ranks))
    assert all(given.get("scope") == "col" for given in page.of("th"))
    folded = sum("aria-label" in given for given in page.of("table"))
    assert len(page.of("caption")) + folded == len(page.of("table"))


def test_links_of_the_contents_lead_to_headings() -> None:
    page = shown()
    anchors = {f"#{given['id']}" for tag, given in page.elements if re.fullmatch(r"h[1-6]", tag)}
    assert page.of("a")
    assert {link["href"] for link in page.of("a")} <= anchors


def test_a_status_is_a_word_and_a_sign_and_not_a_colour_alone() -> None:
    text = document.html(document.checklist(answered()))
    for sign, word in (("✓", "passed"), ("✗", "failed"), ("?", "unknown"), ("✗", "fired"), ("·", "not entered")):
        assert f'<span aria-hidden="true">{sign}</span> {word}</span>' in text


def test_markdown_and_html_say_the_same_words() -> None:
    blocks = document.checklist(answered())
    page = Page(document.html(blocks))
    for sentence in ("Order of start: 1. db; 2. prestart; 3. backend.", "compose.yaml:26", "1 of 12 tests failed"):
        assert sentence in document.markdown(blocks)
        assert sentence in " ".join(page.words)


@pytest.mark.parametrize("what", [Change(unknown="no git", mend="git init"), Change(first=True)])
def test_what_is_not_known_is_said(what: Change) -> None:
    text = " ".join(Page(document.html(document.change(opened(plan(Analysis(), what))))).words)
    assert "unknown: no git" in text or "nothing to return to" in text


def test_a_run_without_a_plan_is_drawn_too() -> None:
    bare = replace(opened(), plan=None)
    nothing = Readiness("cannot-tell", "cannot-tell", ("no plan is bound to this run",))
    assert "no plan is bound" in document.html(document.whole(bare, nothing))
    for part in (document.findings, document.facts, document.change, document.checklist, document.evidence):
        assert part(bare) == ()
    assert document.signoff(bare) == ()
    assert document.data(bare)["items"] == []


def test_a_closed_run_says_its_outcome_first() -> None:
    closed = replace(opened(), outcome="rolled-back", closed_at="2026-11-24T22:00:00Z", closed_by="Ada")
    shown = re.sub(r"<[^>]+>", "", document.html(document.result(closed, READINESS)))
    assert "Rolled back, 24 Nov 2026, 22:00 UTC by Ada" in shown


def test_the_style_travels_beside_the_code() -> None:
    assert (Path(document.__file__).parent / "style.css").read_text(encoding="utf-8") == document.css()


def test_the_table_of_findings_does_not_repeat_the_heading_above_it() -> None:
    found = Analysis((), (Finding("cycle", Severity.RISK, "a waits for b", ("c.yml:3",)),))
    (table,) = (block for block in document.findings(opened(plan(found))) if isinstance(block, Table))
    assert table.caption == "Findings"


def test_probe_commit_and_time_of_evidence_stand_apart() -> None:
    (table,) = (block for block in document.evidence(answered()) if isinstance(block, Table))
    last = ["".join(span.text for span in row[-1] if isinstance(span, Span)) for row in table.rows]
    assert last
    assert all(" · " in text for text in last)


def test_only_commands_and_places_break_within_a_word() -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*overflow-wrap:\s*anywhere[^{}]*)\}", document.css())
    assert sorted(selector.split()[-1] for selector, _ in rules) == [".rk-code", ".rk-source"]


def drawn(spark: Spark) -> str:
    return document.html((Table("t", ("course",), (((spark,),),)),))


def test_a_course_has_its_boundary_its_near_limits_and_its_ends_in_numbers() -> None:
    text = drawn(Spark((1.0, 2.0, 3.0, 4.0), "four <values>", 2, (5.0, 1e6, nan)))
    page = Page(text)
    assert page.stack == []
    assert [line["class"] for line in page.of("line")] == ["rk-limit", "rk-boundary"]
    assert [line["class"] for line in page.of("polyline")] == ["rk-before", "rk-now"]
    assert [len(str(line["points"]).split()) for line in page.of("polyline")] == [2, 2]
    assert page.of("svg")[0]["aria-label"] == "four <values>"
    assert {"1", "4"} <= set(page.words)
    assert is_plain(text)


@pytest.mark.parametrize("values", [(), (nan, inf)])
def test_a_course_without_numbers_leaves_no_trace(values: tuple[float, ...]) -> None:
    assert "<svg" not in drawn(Spark(values, "nothing"))


def test_a_course_that_never_moves_is_a_line() -> None:
    (line,) = Page(drawn(Spark((2.0, 2.0), "still"))).of("polyline")
    assert len({point.split(",")[1] for point in str(line["points"]).split()}) == 1
