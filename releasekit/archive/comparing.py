"""Where data in a bundle differ from what they should be, by their places. Knows neither bundles nor runs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_HIDDEN = re.compile(r"\[secret [^\[\]\n]{1,200}\]")


class How(StrEnum):
    """In which way something differs: another value, a key that only one side has, a secret that was replaced."""

    OTHER = "other"
    KEY = "key"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Differing:
    """One place, such as ``items.3.status``, with what is said there and what should be."""

    place: str
    how: How
    said: object = None
    expected: object = None


def differing(said: Any, expected: Any, place: str = "") -> Iterator[Differing]:
    """Each place where JSON data are not as expected; lists of another length are one."""
    if isinstance(said, Mapping) and isinstance(expected, Mapping):
        for key in [*expected, *(key for key in said if key not in expected)]:
            at = f"{place}.{key}" if place else str(key)
            if key in said and key in expected:
                yield from differing(said[key], expected[key], at)
            else:
                yield Differing(at, How.KEY, said.get(key), expected.get(key))
    elif isinstance(said, list) and isinstance(expected, list) and len(said) == len(expected):
        for number, (one, other) in enumerate(zip(said, expected, strict=True)):
            yield from differing(one, other, f"{place}.{number}" if place else str(number))
    elif isinstance(said, bool) is not isinstance(expected, bool) or said != expected:
        hidden = isinstance(said, str) and isinstance(expected, str) and hides(said, expected)
        yield Differing(place, How.HIDDEN if hidden else How.OTHER, said, expected)


def hides(said: str, expected: str) -> bool:
    """Whether a text is the expected one with parts of it replaced, as secrets are."""
    first, *rest = _HIDDEN.split(said)
    if not rest or not expected.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = expected.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return expected.endswith(rest[-1]) and len(expected) - len(rest[-1]) >= at


def shown(differences: list[Differing], most: int = 3) -> str:
    """The places, the first few of them by name."""
    places = [one.place for one in differences]
    return ", ".join(places[:most]) + (f" and {len(places) - most} more" if len(places) > most else "")
