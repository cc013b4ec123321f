"""TOML to nodes with line numbers. Values come from the standard library, lines from where keys are written."""

import re
import tomllib
from types import MappingProxyType

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits, Node

_TABLE = re.compile(r"^\s*\[{1,2}\s*(?P<name>[^\]#]+?)\s*\]{1,2}")
_KEY = re.compile(
    r"""^\s*(?P<name>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_FENCES = ('"""', "'''")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def parse(text: str, name: str, limits: Limits | None = None) -> Node:
    """Read a TOML 1.0 text. Lines are those of keys and tables; elements of arrays have their array's line.

    Raises ParseError with ``name:line``.
    """
    limits = limits or Limits()
    if len(text) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        where = f"{name}:{found[1]}" if found else name
        raise ParseError(f"not valid TOML: {str(error).partition(' (at')[0]}", where, "mend the line above") from None
    except RecursionError:
        raise ParseError("nested too deeply", name, "flatten the structure") from None
    return _node(data, (), _Places(text), 1)


class _Places:
    """Where dotted paths, and the texts inside arrays, are written."""

    def __init__(self, text: str) -> None:
        self.written = text.split("\n")
        self.paths: dict[tuple[str, ...], list[int]] = {}
        table: tuple[str, ...] = ()
        fence = ""
        for number, line in enumerate(self.written, 1):
            if fence:
                fence = "" if fence in line else fence
            elif match := _TABLE.match(line):
                table = _path(match["name"])
                self.paths.setdefault(table, []).append(number)
            elif match := _KEY.match(line):
                self.paths.setdefault(table + _path(match["name"]), []).append(number)
                rest = line[match.end() :].strip()
                fence = next((quote for quote in _FENCES if rest.startswith(quote) and quote not in rest[3:]), "")

    def elements(self, values: list[object], path: tuple[str, ...], line: int) -> list[int]:
        """The line of each element: its own table, or the first line from ``line`` on that contains its text."""
        tables = self.paths.get(path, [])
        if values and len(tables) == len(values):
            return tables
        found, here = [], line
        for value in values:
            if isinstance(value, str):
                here = next((n for n in range(here, len(self.written) + 1) if value in self.written[n - 1]), here)
            found.append(here)
        return found


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _node(value: object, path: tuple[str, ...], places: _Places, line: int) -> Node:
    if isinstance(value, dict):
        pairs, keys = {}, {}
        for key, child in value.items():
            keys[key] = places.paths.get((*path, key), [line])[0]
            pairs[key] = _node(child, (*path, key), places, keys[key])
        return Node(MappingProxyType(pairs), line, keys=MappingProxyType(keys))
    if isinstance(value, list):
        starts = places.elements(value, path, line)
        nodes = (_node(child, path, places, start) for child, start in zip(value, starts, strict=True))
        return Node(tuple(nodes), line)
    if isinstance(value, str | int | float | bool):
        return Node(value, line, str(value), plain=not isinstance(value, str))
    return Node(str(value), line, str(value))
