"""JSON to nodes: strictness, lines, budgets."""

import json as standard
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import ParseError
from releasekit.syntax.json import parse
from releasekit.syntax.node import Limits

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 2]))
def test_what_the_standard_library_writes_is_read_back(value: object, indent: int | None) -> None:
    assert parse(standard.dumps(value, indent=indent), "f.json").data() == value


def test_names_and_values_know_their_lines() -> None:
    node = parse('{\n  "a": 1,\n  "b": [\n    "x",\n    {"c": 2.50}\n  ]\n}\n', "f.json")
    assert node.line_of("b") == 3
    assert node.at("b", 0).line == 4
    assert node.at("b", 1, "c").line == 5
    assert node.at("b", 1, "c").text == "2.50"


def test_comments_and_trailing_commas_are_read_only_when_asked_for() -> None:
    text = '{ // why\n  "a": [1, /* two */ 2,],\n}\n'
    assert parse(text, "tsconfig.json", comments=True).data() == {"a": [1, 2]}
    with pytest.raises(ParseError):
        parse(text, "package.json")


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("", "f.json:1", "ends"),
        ('{"a": 1,\n "a": 2}', "f.json:2", "twice, first on line 1"),
        ("[NaN]", "f.json:1", "unexpected 'N'"),
        ("[1e999]", "f.json:1", "larger"),
        ("[01]", "f.json:1", "expected"),
        ("[1,\n2\n", "f.json:3", "expected ',' or ']'"),
        ("[1] 2", "f.json:1", "after the end"),
        ('["\\ud800"]', "f.json:1", "surrogate"),
        ('["a\nb"]', "f.json:1", "control character"),
        ("{'a': 1}", "f.json:1", "double quotes"),
        ("[" * 20_000, "f.json:1", "deeper"),
        ("[" + "9" * 5000 + "]", "f.json:1", "unexpected"),
        ("/*" * 1000, "f.json:1", "unexpected '/'"),
    ],
)
def test_anything_else_is_one_error_with_its_line(text: str, place: str, word: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text, "f.json")
    assert caught.value.problems[0].where == place
    assert word in caught.value.problems[0].what


def test_a_text_over_its_budgets_is_refused() -> None:
    with pytest.raises(ParseError, match="larger than 10 bytes"):
        parse('"' + "é" * 8 + '"', "f.json", Limits(size=10))
    with pytest.raises(ParseError, match="more than 3 values"):
        parse("[1,2,3,4]", "f.json", Limits(nodes=3))


@given(st.text(alphabet='{}[]:,"\\/*0123.eE+-tfn \n', max_size=40), st.booleans())
def test_any_text_is_read_or_refused_with_a_line(text: str, comments: bool) -> None:
    try:
        place = f"f.json:{parse(text, 'f.json', comments=comments).line}"
    except ParseError as error:
        place = error.problems[0].where
    assert re.fullmatch(r"f\.json:[1-9][0-9]*", place)
