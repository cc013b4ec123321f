"""Files of variables: keys, values, lines."""

import pytest

from releasekit.errors import ParseError
from releasekit.syntax.dotenv import parse, values

TEXT = """# a comment
NAME=value   # after it

export QUOTED="two words"
SINGLE='$NAME stays'
EMPTY=
BARE
MANY="one
two"
LAST=${NAME}/x-${MISSING}
"""


def test_keys_stand_on_their_lines() -> None:
    lines = {entry.key: entry.line for entry in parse(TEXT, ".env")}
    assert lines == {"NAME": 2, "QUOTED": 4, "SINGLE": 5, "EMPTY": 6, "BARE": 7, "MANY": 8, "LAST": 10}


def test_values_see_earlier_keys_and_single_quotes_are_taken_as_they_are() -> None:
    found = values(parse(TEXT, ".env"))
    assert found["NAME"] == "value"
    assert found["QUOTED"] == "two words"
    assert found["SINGLE"] == "$NAME stays"
    assert found["EMPTY"] == ""
    assert found["MANY"] == "one\ntwo"
    assert found["LAST"] == "value/x-"
    assert "BARE" not in found


def test_the_last_of_a_key_counts() -> None:
    assert values(parse("A=1\nA=2\n", ".env")) == {"A": "2"}


def test_a_line_that_is_no_assignment_names_its_place() -> None:
    with pytest.raises(ParseError, match=r"\.env:2"):
        parse("A=1\n'unclosed\n", ".env")


def test_windows_line_ends() -> None:
    assert values(parse("A=1\r\nB=2\r\n", ".env")) == {"A": "1", "B": "2"}


def test_values_that_double_with_each_line_end() -> None:
    text = "A0=xxxxxxxx\n" + "".join(f"A{n + 1}=$A{n}$A{n}\n" for n in range(60))
    assert all(len(value) <= 1 << 17 for value in values(parse(text, ".env")).values())


def test_a_reference_that_does_not_close_is_taken_as_it_is() -> None:
    assert values(parse("A=${B\n", ".env")) == {"A": "${B"}
