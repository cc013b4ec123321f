"""Commands as people name them (``docker compose up``), found among the words of a real one. Knows no command."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Phrases(Generic[T]):
    """What commands mean, each a program and words that follow in this order, not always side by side."""

    def __init__(self, rows: Iterable[tuple[str, T]]) -> None:
        self.rows: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for command, meaning in rows:
            program, *asked = command.split()
            self.rows.setdefault(program, []).append((tuple(asked), meaning))

    def find(self, program: str, words: Sequence[str]) -> tuple[tuple[str, ...], T] | None:
        """The words that the longest phrase asks for, and its meaning; the first of several as long."""
        name = program.rpartition("/")[2]
        found = [(asked, meaning) for asked, meaning in self.rows.get(name, ()) if _follow(asked, words)]
        return max(found, default=None, key=lambda one: len(one[0]))


def _follow(asked: Iterable[str], words: Iterable[str]) -> bool:
    rest = iter(words)
    return all(any(part == word for word in rest) for part in asked)
