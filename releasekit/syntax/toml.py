"""TOML to nodes with line numbers. Values come from the standard library, lines from where keys are written."""

import re
import tomllib
from bisect import bisect_left, bisect_right
from types import MappingProxyType

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits, Node

_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_DOTTED = rf"(?P<name>{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)"
_TABLE = re.compile(rf"[ \t]*\[{{1,2}}[ \t]*{_DOTTED}[ \t]*\]{{1,2}}")
_KEY = re.compile(rf"[ \t]*{_DOTTED}[ \t]*=")
_PART = re.compile(_NAME)
# what can hide a line's beginning: strings, comments, brackets
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[\[{]|[\]}]''', re.DOTALL
)
_RUN = re.compile(r"""[A-Za-z0-9_"'. \t-]+""")
_NEARBY = 10_000


def parse(text: str, name: str, limits: Limits | None = None) -> Node:
    """Read a TOML 1.0 text. Lines are those of keys and tables; a text in an array has the line on which it stands.

    Raises ParseError with ``name:line``.
    """
    limits = limits or Limits()
    if len(text.encode("utf-8", "surrogatepass")) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    _refuse_long_keys(text, name, limits)
    try:
        data = tomllib.loads(text, parse_float=_Written)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        where = f"{name}:{found[1]}" if found else name
        raise ParseError(f"not valid TOML: {str(error).partition(' (at')[0]}", where, "mend that line") from None
    except RecursionError:
        raise ParseError("nested too deeply", name, "flatten the structure") from None
    except ValueError as error:  # an integer of more digits than the interpreter converts
        raise ParseError(f"not valid TOML: {str(error).partition(';')[0]}", name, "write it as a text") from None
    return _Reader(text, name, limits).node(data, (), 1, 1)


class _Written(float):
    """A float that remembers how it was written, so that ``1.10`` stays ``1.10``."""

    raw: str

    def __new__(cls, raw: str) -> "_Written":
        number = super().__new__(cls, raw)
        number.raw = raw
        return number


def _refuse_long_keys(text: str, name: str, limits: Limits) -> None:
    # the standard library needs the square of a dotted key's length
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > limits.depth and any(run.count(".") > limits.depth for run in _RUN.findall(line)):
            raise ParseError(f"a key of more than {limits.depth} parts", f"{name}:{number}", "flatten the structure")


class _Reader:
    """Finds for each value the line on which it is written."""

    def __init__(self, text: str, name: str, limits: Limits) -> None:
        self.text, self.name, self.limits, self.count = text, name, limits, 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.paths: dict[tuple[str, ...], list[int]] = {}
        self.statements: list[int] = []
        self.find_statements(self.hidden())

    def line_at(self, position: int) -> int:
        return bisect_right(self.starts, position)

    def hidden(self) -> set[int]:
        """The lines that begin inside an array, an inline table or a text of several lines."""
        lines: set[int] = set()
        depth, opened = 0, 0
        for token in _TOKEN.finditer(self.text):
            first = token[0][0]
            if first in "[{":
                opened = opened if depth else token.start()
                depth += 1
            elif first in "]}":
                depth -= 1
                if depth == 0:
                    lines.update(range(self.line_at(opened) + 1, self.line_at(token.start()) + 1))
            elif "\n" in token[0]:
                lines.update(range(self.line_at(token.start()) + 1, self.line_at(token.end() - 1) + 1))
        return lines

    def find_statements(self, hidden: set[int]) -> None:
        table: tuple[str, ...] = ()
        for number, start in enumerate(self.starts, 1):
            if number in hidden:
                continue
            if match := _TABLE.match(self.text, start):
                table = _path(match["name"])
                self.place(table, number)
            elif match := _KEY.match(self.text, start):
                self.place(table + _path(match["name"]), number)

    def place(self, path: tuple[str, ...], line: int) -> None:
        self.paths.setdefault(path, []).append(line)
        self.statements.append(line)

    def node(self, value: object, path: tuple[str, ...], line: int, since: int, depth: int = 0) -> Node:
        """The node of a value; ``since`` is the line of the array's element that it lies in."""
        self.count += 1
        if self.count > self.limits.nodes or depth > self.limits.depth:
            what = f"more than {self.limits.nodes} values or deeper than {self.limits.depth} levels"
            raise ParseError(what, f"{self.name}:{line}", "nothing was read of it")
        if isinstance(value, dict):
            pairs, keys = {}, {}
            for key, child in value.items():
                keys[key] = self.line_of((*path, key), line, since)
                pairs[key] = self.node(child, (*path, key), keys[key], since, depth + 1)
            return Node(MappingProxyType(pairs), line, keys=MappingProxyType(keys))
        if isinstance(value, list):
            nodes = []
            for child, (start, own) in zip(value, self.elements(value, path, line, since), strict=True):
                nodes.append(self.node(child, path, start, start if own else since, depth + 1))
            return Node(tuple(nodes), line)
        if isinstance(value, bool):
            return Node(value, line, str(value).lower())
        if isinstance(value, _Written):
            return Node(float(value), line, value.raw)
        if isinstance(value, str | int | float):
            return Node(value, line, str(value), plain=not isinstance(value, str))
        return Node(str(value), line, str(value))

    def line_of(self, path: tuple[str, ...], line: int, since: int) -> int:
        lines = self.paths.get(path, [])
        at = bisect_left(lines, since)
        return lines[at] if at < len(lines) else line

    def elements(self, values: list[object], path: tuple[str, ...], line: int, since: int) -> list[tuple[int, bool]]:
        """For each element its line, and whether it is a table of its own."""
        tables = self.paths.get(path, [])
        first = bisect_left(tables, since)
        mine = tables[first : first + len(values)]
        if len(mine) == len(values) and values and all(isinstance(value, dict) for value in values):
            return [(number, True) for number in mine]
        after = bisect_right(self.statements, line)
        ends = self.starts[self.statements[after] - 1] if after < len(self.statements) else len(self.text)
        found, here = [], self.starts[line - 1]
        for value in values:
            if isinstance(value, str):
                at = self.text.find(value, here, min(ends, here + len(value) + _NEARBY))
                here = at + len(value) if at >= 0 else here
                found.append((self.line_at(at if at >= 0 else here), False))
            else:
                found.append((self.line_at(here), False))
        return found


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
