"""``.env`` files to keys with values and lines, through python-dotenv's own parser. Sets no environment."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from releasekit.errors import ParseError
from releasekit.syntax.interpolation import expand


@dataclass(frozen=True, slots=True)
class Entry:
    """One assignment. ``value`` is None for a bare key (``KEY`` without ``=``); variables in it are not replaced."""

    key: str
    value: str | None
    line: int
    quoted: bool = False


def parse(text: str, name: str) -> tuple[Entry, ...]:
    """All assignments in order, a key that stands twice twice. Raises ParseError for a line that is none."""
    from dotenv.parser import parse_stream  # with a command line and a logger, where nothing else needs them

    entries: list[Entry] = []
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        leading = written[: len(written) - len(written.lstrip())]
        line = binding.original.line + leading.count("\n")
        if binding.error:
            raise ParseError("not an assignment", f"{name}:{line}", "write NAME=value, or # before a comment")
        if binding.key is None:
            continue
        after = written.strip().partition("=")[2].lstrip()
        entries.append(Entry(binding.key, binding.value, line, after[:1] == "'"))
    return tuple(entries)


def values(entries: tuple[Entry, ...], outer: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the entries set, the last of a key counting; ``${X}`` in a value sees earlier keys and ``outer``.

    Values in single quotes are taken as they are, as Compose does, and so are those whose references do not close.
    """
    found: dict[str, str] = {}
    given = outer or {}
    for entry in entries:
        if entry.value is None:
            continue
        try:
            text = (
                entry.value
                if entry.quoted
                else expand(entry.value, lambda key: found.get(key, given.get(key, ""))).text
            )
        except ParseError:
            text = entry.value
        found[entry.key] = text
    return found
