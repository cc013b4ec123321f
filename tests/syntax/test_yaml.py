"""YAML to nodes: dialects, lines, budgets, and what is hostile."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import ParseError
from releasekit.syntax.node import ABSENT, Limits
from releasekit.syntax.yaml import Dialect, parse, read


def one(text: str, dialect: Dialect = Dialect.YAML_1_2) -> object:
    (node,) = parse(text, "f.yaml", dialect)
    return node.data()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("~", None),
        ("010", 10),
        ("0o10", 8),
        ("0x1f", 31),
        ("1.5", 1.5),
        ("1:20", "1:20"),
        ("2026-11-24", "2026-11-24"),
        ("'7'", "7"),
        ("!!str 7", "7"),
    ],
)
def test_unquoted_scalars_in_yaml_1_2(text: str, value: object) -> None:
    assert one(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("on", True), ("no", False), ("010", 8), ("1:20", 80), ("0o10", "0o10"), ("1_000", 1000), ("0x_", "0x_")],
)
def test_unquoted_scalars_in_yaml_1_1(text: str, value: object) -> None:
    assert one(text, Dialect.YAML_1_1) == value


def test_a_scalar_keeps_how_it_was_written() -> None:
    (node,) = parse("version: 1.10\nother: '1.10'\n", "f.yaml")
    assert node.at("version").text == "1.10"
    assert node.at("version").plain
    assert not node.at("other").plain


def test_keys_and_values_know_their_lines() -> None:
    (node,) = parse("a: 1\nb:\n  - c\n  - d: |\n      text\n", "f.yaml")
    assert node.line_of("b") == 2
    assert node.at("b", 0).line == 3
    assert node.at("b", 1, "d").line == 4
    assert node.at("b", 7) is ABSENT


def test_all_documents_of_a_stream_are_read() -> None:
    nodes = parse("a: 1\n---\n---\nb: 2\n", "f.yaml")
    assert [node.data() for node in nodes] == [{"a": 1}, None, {"b": 2}]
    assert nodes[2].line_of("b") == 4


def test_merge_keys_give_way_to_the_mapping_itself() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {z: 3}\nall:\n  <<: [*b, *m]\n  y: 5\n"
    assert parse(text, "f.yaml")[0].at("all").data() == {"x": 1, "y": 5, "z": 3}


def test_a_key_that_stands_twice_is_an_error_that_names_both_lines() -> None:
    with pytest.raises(ParseError) as caught:
        parse("a: 1\nb: 2\na: 3\nb: 4\n", "f.yaml")
    assert [(problem.where, problem.what) for problem in caught.value.problems] == [
        ("f.yaml:3", "the key 'a' stands twice, first on line 1"),
        ("f.yaml:4", "the key 'b' stands twice, first on line 2"),
    ]


def test_reading_goes_on_behind_a_duplicate_key_and_keeps_the_first() -> None:
    documents, problems = read("a: 1\na: 2\nb: 3\n", "f.yaml")
    assert documents[0].data() == {"a": 1, "b": 3}
    assert len(problems) == 1


def test_aliases_anchors_and_tags_can_be_forbidden_and_are_all_named() -> None:
    limits = Limits(aliases=False, tags=False)
    _, problems = read(
        "a: &x 1\nb: *x\nc: *nothing\nd: !!python/object/apply:os.system [ls]\n", "f.yaml", limits=limits
    )
    assert [problem.where for problem in problems] == ["f.yaml:1", "f.yaml:2", "f.yaml:3", "f.yaml:4"]
    assert "!!python/object/apply:os.system" in problems[3].what


def test_what_was_noted_is_said_even_when_the_text_breaks_off() -> None:
    with pytest.raises(ParseError) as caught:
        read("a: 1\na: 2\nb: [1\n", "f.yaml")
    assert len(caught.value.problems) == 2


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (LAUGHS, "values"),
        ("a: &a [*a]", "complete"),
        ("[" * 20_000, "deep"),
        ("".join(f"a{i}: &a{i} {'[' * 50}{f'*a{i - 1}' if i else ''}{']' * 50}\n" for i in range(60)), "deeper"),
        ("a: *nothing", "nothing"),
        ("? [a]\n: b", "key"),
        ("a: [1, 2", "not valid YAML"),
        ("a: b: c", "not valid YAML"),
        ("\tx: 1", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("a: \ud800", "surrogate"),
        ("a: " + "x" * (1 << 20), "larger"),
    ],
)
def test_hostile_and_broken_texts_are_one_error_with_a_place(text: str, word: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text, "f.yaml")
    assert word in str(caught.value)
    assert caught.value.problems[0].where.startswith("f.yaml")


def test_a_tag_builds_nothing() -> None:
    assert one("!!python/object/apply:os.system ['echo x']") == ["echo x"]


@given(st.text(alphabet="ab:-[]{}&*!#|>'\"\n \t0x_.,?", max_size=60), st.sampled_from(Dialect))
def test_any_text_is_read_or_refused_with_a_place(text: str, dialect: Dialect) -> None:
    try:
        places = [f"f.yaml:{document.line}" for document in parse(text, "f.yaml", dialect)]
    except ParseError as error:
        places = [problem.where for problem in error.problems]
    assert all(re.fullmatch(r"f\.yaml(:[1-9][0-9]*)?", place) for place in places)
