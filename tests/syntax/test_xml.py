"""XML is read with lines, and nothing in it can act."""

import pytest

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits
from releasekit.syntax.xml import parse


def test_elements_have_lines_text_and_attributes_and_no_prefixes() -> None:
    root = parse('<p xmlns:x="u">\n <x:v a="1"> 2.0 </x:v>\n <b><v/></b>\n</p>', "p.xml")
    assert (root.at("v").text, root.at("v").line, root.at("v").attributes) == ("2.0", 2, {"a": "1"})
    assert [element.line for element in root.all("v")] == [2, 3]
    assert not root.at("b", "missing")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("<a>\n<b></a>", "p.xml:2"),
        ("", "p.xml:1"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', "p.xml:1"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "p.xml:1"),
        ("<a>&nothing;</a>", "p.xml:1"),
        ("<a>" * 200_000, "p.xml:1"),
        ("<a>\x00</a>", "p.xml:1"),
    ],
)
def test_what_is_malformed_deep_or_declares_entities_is_one_error_with_its_place(text: str, where: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text, "p.xml")
    assert caught.value.problems[0].where == where


def test_size_and_number_of_elements_are_budgets() -> None:
    with pytest.raises(ParseError, match="larger than"):
        parse("<a>xxxxxxxx</a>", "p.xml", Limits(size=10))
    with pytest.raises(ParseError, match="more than 3 elements"):
        parse("<a><b/><b/><b/></a>", "p.xml", Limits(nodes=3))
