"""JSON to nodes with line numbers, strictly (RFC 8259; duplicate names and NaN are errors). Builds no objects."""

import re
from bisect import bisect_right
from collections.abc import Callable
from json import JSONDecodeError, decoder
from math import inf
from types import MappingProxyType

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits, Node, Scalar

_SPACE = re.compile(r"[ \t\n\r]*")
_COMMENT = re.compile(r"[ \t\n\r]*(?://[^\n]*|/\*.*?\*/)?", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
# the standard library's reader of one string; typeshed does not list it
_scanstring: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def parse(text: str, name: str, limits: Limits | None = None, *, comments: bool = False) -> Node:
    """Read one JSON value. ``comments`` also takes // and /* */ and trailing commas, as tsconfig-like files have.

    Raises ParseError with ``name:line`` for anything else, and for a text over its budgets.
    """
    limits = limits or Limits()
    if len(text.encode("utf-8", "surrogatepass")) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    return _Reader(text, name, limits, comments).document()


class _Reader:
    """Reads with a stack of its own, so that depth is a budget and not a crash."""

    def __init__(self, text: str, name: str, limits: Limits, comments: bool) -> None:
        self.text, self.name, self.limits, self.comments = text, name, limits, comments
        self.at, self.count = 0, 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self, position: int | None = None) -> int:
        return bisect_right(self.starts, self.at if position is None else position)

    def fail(self, what: str, do: str = "mend that line") -> ParseError:
        return ParseError(f"not valid JSON: {what}", f"{self.name}:{self.line()}", do)

    def peek(self) -> str:
        if not self.comments:
            self.at = self.matched(_SPACE)
        else:
            before = -1
            while before != self.at:
                before, self.at = self.at, self.matched(_COMMENT)
        return self.text[self.at : self.at + 1]

    def matched(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        return match.end() if match else self.at

    def document(self) -> Node:
        stack: list[tuple[int, dict[str, Node] | list[Node], dict[str, int], str]] = []
        while True:
            node = self.start(stack)
            while node is not None:
                if not stack:
                    if self.peek():
                        raise self.fail("text after the end of the value")
                    return node
                node = self.put(stack, node)

    def start(self, stack: list[tuple[int, dict[str, Node] | list[Node], dict[str, int], str]]) -> Node | None:
        self.count += 1
        if self.count > self.limits.nodes or len(stack) > self.limits.depth:
            raise self.fail(f"more than {self.limits.nodes} values or deeper than {self.limits.depth} levels")
        character, line = self.peek(), self.line()
        if character and character in "{[":
            self.at += 1
            closing = "}" if character == "{" else "]"
            if self.peek() == closing:
                self.at += 1
                return Node(MappingProxyType({}) if character == "{" else (), line)
            keys: dict[str, int] = {}
            stack.append((line, {} if character == "{" else [], keys, self.name_of(keys) if character == "{" else ""))
            return None
        return self.scalar(character, line)

    def put(
        self, stack: list[tuple[int, dict[str, Node] | list[Node], dict[str, int], str]], node: Node
    ) -> Node | None:
        line, holder, keys, key = stack.pop()
        if isinstance(holder, dict):
            holder[key] = node
        else:
            holder.append(node)
        closing = "}" if isinstance(holder, dict) else "]"
        character = self.peek()
        if character == ",":
            self.at += 1
            if not (self.comments and self.peek() == closing):
                stack.append((line, holder, keys, self.name_of(keys) if isinstance(holder, dict) else ""))
                return None
            character = closing
        if character != closing:
            raise self.fail(f"expected ',' or '{closing}'")
        self.at += 1
        if isinstance(holder, dict):
            return Node(MappingProxyType(holder), line, keys=MappingProxyType(keys))
        return Node(tuple(holder), line)

    def name_of(self, keys: dict[str, int]) -> str:
        if self.peek() != '"':
            raise self.fail("expected a name in double quotes")
        line = self.line()
        key = self.string()
        if key in keys:
            raise self.fail(f"the name {key!r} stands twice, first on line {keys[key]}", "keep one of the two")
        keys[key] = line
        if self.peek() != ":":
            raise self.fail("expected ':' after a name")
        self.at += 1
        return key

    def string(self) -> str:
        try:
            value, self.at = _scanstring(self.text, self.at + 1, True)
        except JSONDecodeError as error:
            raise self.fail(error.msg) from None
        if _SURROGATE.search(value):
            raise self.fail("half of a surrogate pair, which is no character", "write the whole character")
        return value

    def scalar(self, character: str, line: int) -> Node:
        if character == '"':
            value = self.string()
            return Node(value, line, value, plain=False)
        for word, constant in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return Node(constant, line, word)
        match = _NUMBER.match(self.text, self.at)
        if not match or len(match[0]) > 400:
            raise self.fail(f"unexpected {character!r}" if character else "the text ends in the middle")
        self.at = match.end()
        number = float(match[0]) if match[1] or match[2] else int(match[0])
        if number in (inf, -inf):
            raise self.fail("a number larger than any that is read", "write it as a text")
        return Node(number, line, match[0])
