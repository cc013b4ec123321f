"""Compose's variable references, by the tables of the Compose specification (12-interpolation)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import ParseError
from releasekit.syntax.interpolation import expand

SET = {"SET": "value", "EMPTY": "", "OTHER": "other"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a${SET}b", "avalueb"),
        ("${SET:-d}", "value"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${NONE-d}", "d"),
        ("${NONE:-d}", "d"),
        ("${NONE:-}", ""),
        ("${SET:?m}", "value"),
        ("${NONE:?m}", "${NONE}"),
        ("${EMPTY?m}", ""),
        ("${SET:+r}", "r"),
        ("${EMPTY:+r}", ""),
        ("${EMPTY+r}", "r"),
        ("${NONE+r}", ""),
        ("${NONE:-${SET}}", "value"),
        ("${NONE:-${ALSO:-${OTHER}}}", "other"),
        ("${NONE:-a:b/c}", "a:b/c"),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$$$SET", "$value"),
        ("$NONE", "${NONE}"),
        ("costs 5$", "costs 5$"),
        ("$1", "$1"),
        ("no variables", "no variables"),
    ],
)
def test_every_form_of_the_specification(text: str, result: str) -> None:
    assert expand(text, SET.get).text == result


def test_references_say_what_is_required_and_what_has_a_default() -> None:
    found = {ref.name: ref for ref in expand("${A:?x}${B?}${C:-d}${D}$E", SET.get).references}
    assert [name for name, ref in found.items() if ref.required] == ["A", "B"]
    assert [name for name, ref in found.items() if ref.has_default] == ["C"]


def test_a_variable_inside_a_default_counts_only_where_the_default_is_taken() -> None:
    assert [ref.name for ref in expand("${SET:-${INNER}}", SET.get).references] == ["SET"]
    assert [ref.name for ref in expand("${NONE:-${INNER}}", SET.get).references] == ["NONE", "INNER"]


@pytest.mark.parametrize("text", ["${SET", "${}", "${1X}", "${SET!x}", "${NONE:-${SET}"])
def test_a_malformed_reference_names_its_place(text: str) -> None:
    with pytest.raises(ParseError, match=r"compose\.yaml:7"):
        expand(text, SET.get, "compose.yaml:7")


def test_deep_nesting_ends_as_one_error() -> None:
    text = "x"
    for _ in range(40):
        text = "${NONE:-" + text + "}"
    with pytest.raises(ParseError, match="deeper"):
        expand(text, SET.get, "f:1")


@given(st.text(alphabet="${}:-?+AB$ \n", max_size=60))
def test_any_text_is_expanded_or_one_error(text: str) -> None:
    try:
        expand(text, SET.get, "f:1")
    except ParseError:
        return
