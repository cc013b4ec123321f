"""TOML to nodes: values as written, the lines of keys and of tables that repeat, budgets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits
from releasekit.syntax.toml import parse


def test_keys_tables_and_texts_in_arrays_know_their_lines() -> None:
    text = '[project]\nname = "x"\ndependencies = [\n  "a>=1",\n  # why\n  "b",\n]\n[tool.ruff]\nline = 1\n'
    node = parse(text, "pyproject.toml")
    assert node.line_of("project") == 1
    assert node.at("project").line_of("dependencies") == 3
    assert [child.line for child in node.at("project", "dependencies")] == [4, 6]
    assert node.at("tool", "ruff").line_of("line") == 9


def test_tables_that_repeat_have_lines_of_their_own() -> None:
    text = (
        '[[package]]\nname = "a"\n[package.source]\nurl = "x"\n[[package]]\nname = "b"\n[package.source]\nurl = "y"\n'
    )
    first, second = parse(text, "uv.lock").at("package")
    assert (first.line_of("name"), second.line_of("name")) == (2, 6)
    assert (first.at("source", "url").line, second.at("source", "url").line) == (4, 8)


def test_an_array_over_several_lines_is_no_table() -> None:
    node = parse('m = [\n  ["a", "b"],\n  ["c"],\n]\nz = 1\n[t]\ny = 2\n', "f.toml")
    assert node.line_of("z") == 5
    assert node.at("t").line_of("y") == 7
    assert node.at("m", 1, 0).line == 3


def test_texts_of_several_lines_hide_what_looks_like_keys() -> None:
    node = parse('a = """\nb = 1\n[c]\n"""\nd = [\'\'\'\ne = 1\n\'\'\']\ne = 3 # "\nf = 4\n', "f.toml")
    assert [node.line_of(key) for key in ("a", "d", "e", "f")] == [1, 5, 8, 9]


def test_quoted_and_dotted_keys_are_found() -> None:
    node = parse('["a#b]"]\n"c.d".e = 1\n', "f.toml")
    assert node.at("a#b]", "c.d").line_of("e") == 2


def test_values_stay_as_written() -> None:
    node = parse("v = 1.10\nb = true\nd = 2026-11-24\n", "f.toml")
    assert [node.at(key).text for key in "vbd"] == ["1.10", "true", "2026-11-24"]
    assert node.at("v").value == 1.1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a = 1\na = 2", "not valid TOML"),
        ("a = " + "1" * 5000, "digits"),
        ("a." * 20_000 + "b = 1", "parts"),
        ("a = " + "[" * 3000 + "]" * 3000, "deep"),
        ("a = " + "[" * 100 + "]" * 100, "deeper"),
        ("a = [" + "1," * 300_000 + "]", "values"),
        ("a = '" + "x" * (1 << 20) + "'", "larger"),
    ],
)
def test_hostile_and_broken_texts_are_one_error(text: str, word: str) -> None:
    with pytest.raises(ParseError, match=word) as caught:
        parse(text, "f.toml")
    assert caught.value.problems[0].where.startswith("f.toml")


def test_an_error_names_its_line() -> None:
    with pytest.raises(ParseError) as caught:
        parse("a = 1\nb = \n", "f.toml")
    assert caught.value.problems[0].where == "f.toml:2"


def test_budgets_count_bytes() -> None:
    with pytest.raises(ParseError, match="larger than 10 bytes"):
        parse("a = 'éééé'", "f.toml", Limits(size=10))


@given(st.text(alphabet="ab.=[]{}\"'#,\n 01", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text, "f.toml")
        places = [f"f.toml:{node.line_of(key)}" for key, _ in node.items()]
    except ParseError as error:
        places = [problem.where for problem in error.problems]
    lines = text.count("\n") + 1
    assert all(1 <= int(place.removeprefix("f.toml").removeprefix(":") or 1) <= lines for place in places)
