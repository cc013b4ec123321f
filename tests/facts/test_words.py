"""A pattern is only looked for where one of its words stands: no text matches it that has none of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from releasekit.facts.detectors import migration_commands, scan, telemetry
from releasekit.syntax.expression import Expression

Words = tuple[str, ...]
ASCII = st.characters(max_codepoint=127)
ROWS = [
    *((name, words, pattern) for name, words, pattern in scan.TOOLS),
    *((value, words, pattern) for _, value, words, pattern in telemetry.PRODUCTS),
]


@pytest.mark.parametrize(("name", "words", "pattern"), ROWS, ids=[row[0] for row in ROWS])
def test_whatever_a_pattern_matches_has_one_of_its_words(name: str, words: Words, pattern: Expression) -> None:
    @settings(max_examples=50, deadline=None, database=None)
    @given(st.from_regex(re.compile(pattern.text, pattern.flags), alphabet=ASCII))
    def has_a_word(text: str) -> None:
        assert any(word in text.lower() for word in words), name

    has_a_word()


WORDED = [*migration_commands.TOOLS, *((tool, pattern) for tool, pattern, _ in migration_commands.IMAGES)]


@pytest.mark.parametrize(("tool", "pattern"), WORDED, ids=[f"{tool} {pattern.word}" for tool, pattern in WORDED])
def test_whatever_an_expression_finds_has_its_word(tool: str, pattern: Expression) -> None:
    @settings(max_examples=50, deadline=None, database=None)
    @given(st.from_regex(pattern.compiled, alphabet=ASCII))
    def has_the_word(text: str) -> None:
        assert pattern.word in text, tool
        assert pattern.search(text)

    has_the_word()


def test_a_text_without_the_word_is_not_searched() -> None:
    expression = Expression("[ab]c", word="ac")
    assert expression.search("bc") is None
    assert [*expression.finditer("bc")] == []
    assert [found[0] for found in expression.finditer("ac bc")] == ["ac", "bc"]
