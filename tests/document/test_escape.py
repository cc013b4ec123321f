import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from releasekit.document.blocks import ItemLine, Items, Line, Mark, Span, Style, Table, Tone
from releasekit.document.escape import (
    html_code,
    html_text,
    markdown_code,
    markdown_text,
    verbatim,
    visible,
)
from releasekit.document.html import html
from releasekit.document.markdown import markdown

# HTML is let through, so that whatever is not escaped shows; tables and strikethrough as GitHub has them.
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "](javascript:alert(1))",
    "[x](http://a.example)",
    "![x](http://a.example/i.png)",
    "<http://a.example>",
    "https://a.example/b_c_d",
    "www.example.com",
    "someone@example.com",
    "- [x] approved",
    "[x] approved",
    "\n- [x] approved",
    "| - [x] approved |",
    "# heading",
    "1. one",
    "2) two",
    "> quote",
    "***bold*** __bold__ ~~gone~~ `code` ``co`de``",
    "`",
    "``",
    "a`",
    "\\",
    "\\`x\\`",
    "a\\|b|c",
    "&lt;b&gt; &#60; &amp;",
    "---",
    "===",
    "```\nfence",
    "    indented",
    "$x^2$ $$y$$ \\(z\\)",
    "{{ config }} {% raw %}",
    "[a]: http://a.example",
    "<!-- comment -->",
    "\u202egnp.exe",
    "\x1b[31mred\x1b[0m",
    "a\x00b",
    "\u2028- [x] x",
    "@someone #12 owner/repo#3",
    "*",
    "* * *",
    "_",
    "snake_case_name and _emphasis_",
    "+ plus",
    "👩‍👩‍👧 emoji",
    "x" * 2000,
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.sampled_from("<>[]()!*_~`#|\\&;:/.@-+=$ \n\tax1wW\u202e\"'{}"), max_size=40),
    st.text(max_size=60),
    st.tuples(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE)).map("".join),
)


class Seen(HTMLParser):
    """The elements and the text of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.comments = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def flat(text: str) -> str:
    return " ".join(text.split())


def seen(source: str) -> Seen:
    return Seen(READER.render(source))


@given(texts)
@example("- [x] approved")
def test_any_text_as_a_line_of_the_checklist_shows_as_it_is_and_does_nothing(text: str) -> None:
    source = markdown([Items((ItemLine("a.b", (Span(text),), False, Mark("open", Tone.QUIET)),))])
    page = seen(source)
    assert set(page.tags) <= {"ul", "li", "code"}
    assert page.tags.count("li") == 1
    assert page.comments == 0
    assert flat(page.text) == flat(f"[ ] {visible(text)}")
    assert source.count("- [ ] ") + source.count("- [x] ") == 1, "one box, and it is ours"


@given(texts)
def test_any_text_nested_below_an_item_opens_no_list_no_box_and_no_element(text: str) -> None:
    line = Line((Span(text), Span(text, Style.SOURCE)))
    source = markdown([Items((ItemLine("a.b", (Span("words"),), True, Mark("done", Tone.GOOD), lines=(line,)),))])
    page = seen(source)
    assert set(page.tags) <= {"ul", "li", "code"}
    assert page.tags.count("li") == (2 if visible(text).strip() else 1)
    assert len(re.findall(r"^\s*[-*+] \[[ xX]\] ", source, re.MULTILINE)) == 1
    assert flat(page.text) == flat(f"[x] words {visible(text)} {visible(text)}")


@given(texts)
def test_any_text_in_a_cell_stays_in_its_cell(text: str) -> None:
    rows = (((Span(text),), (Span(text, Style.CODE),), (Span("last"),)),)
    page = seen(markdown([Table("t", ("one", "two", "three"), rows)]))
    assert page.tags.count("tr") == 2
    assert page.tags.count("td") == 3
    assert set(page.tags) <= {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert flat(page.text) == flat(f"t one two three {visible(text)} {visible(text)} last")


@given(texts)
def test_a_struck_item_is_struck_and_has_no_box(text: str) -> None:
    item = ItemLine("a.b", (Span(text),), None, Mark("not applicable", Tone.QUIET), (Span(text),), struck=True)
    page = seen(markdown([Items((item,))]))
    assert "[ ]" not in READER.render(markdown([Items((item,))])).partition("<s>")[0]
    assert set(page.tags) <= {"ul", "li", "code", "s"}


@given(texts)
def test_a_code_span_holds_any_text(text: str) -> None:
    page = seen(f"before {markdown_code(text)} after")
    assert page.tags == (["p", "code"] if flat(visible(text)) else ["p"])
    assert flat(page.text) == flat(f"before {visible(text)} after")


@given(texts, texts)
def test_the_lines_of_a_command_are_code_spans_and_open_nothing(one: str, other: str) -> None:
    line = Line((Span("run:"), Span(f"{one}\n{other}", Style.CODE)))
    source = markdown([Items((ItemLine("a.b", (Span("words"),), False, Mark("open", Tone.QUIET), lines=(line,)),))])
    page = seen(source)
    assert set(page.tags) <= {"ul", "li", "code"}
    assert len(re.findall(r"^\s*[-*+] \[[ xX]\] ", source, re.MULTILINE)) == 1
    assert flat(page.text) == flat(f"[ ] words run: {visible(verbatim(f'{one}{chr(10)}{other}'))}")


@given(texts)
def test_html_shows_any_text_as_it_is(text: str) -> None:
    line = Line((Span(text), Span(text, Style.CODE), Span(text, Style.SOURCE)))
    item = ItemLine("a.b", (Span(text),), True, Mark("done", Tone.GOOD), lines=(line,))
    page = Seen(html([Items((item,)), Table(text, (text,), (((Span(text),),),), folded=True)]))
    assert page.tags.count("input") == 1
    known = {"div", "ul", "li", "label", "input", "span", "code", "details", "summary", "table", "thead", "tbody"}
    assert set(page.tags) <= known | {"tr", "th", "td", "time"}
    assert set(page.attributes) <= {
        "class",
        "type",
        "disabled",
        "checked",
        "aria-hidden",
        "aria-label",
        "scope",
        "role",
        "tabindex",
        "datetime",
    }
    assert page.comments == 0
    assert unescape(html_text(text)) == visible(text)
    assert unescape(html_code(text)) == verbatim(text)


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("a\u202eb") == "a\\u202eb"
    assert visible("\x1b[31m") == "\\x1b[31m"
    assert visible("one\ntwo\tthree") == "one two three"
    assert verbatim("one\r\n\ttwo\x07") == "one\n    two\\x07"
    assert visible("👩‍👧") == "👩‍👧"
    assert visible("\U000e0041") == "\\U000e0041"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Success/failure notification sent", "Success/failure notification sent"),
        ("Performance degradation > 50%", "Performance degradation > 50%"),
        ("Restore database from backup (if needed)", "Restore database from backup (if needed)"),
        ("DATABASE_URL is set", "DATABASE_URL is set"),
        ("<=+10% and <0.5", "<=+10% and <0.5"),
        ("mail ada@example.org, please", "mail `ada@example.org`, please"),
        ("at 15 2 * * * (UTC)", "at 15 2 * * * (UTC)"),
    ],
)
def test_plain_words_stay_readable_in_the_source(text: str, written: str) -> None:
    assert markdown_text(text) == written
