"""Go's text/template to a syntax tree with line numbers. Parses only: what an action means is not known here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits

# each character can be taken in one way only, so that an action that never ends fails in linear time
_ACTION = re.compile(
    r"\{\{(?P<left>-(?=\s))?\s*(?:(?P<comment>/\*.*?\*/)"
    r"|(?P<code>(?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.|[^'\\])'|[^\"`'}]|\}(?!\}))*?))"
    r"\s*(?P<right>(?<=\s)-)?\}\}",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<string>\"(?:\\.|[^\"\\\n])*\")|(?P<raw>`[^`]*`)|(?P<char>'(?:\\.|[^'\\])')"
    r"|(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?))(?![\w])"
    r"|(?P<variable>\$\w*)|(?P<field>\.[^\W\d]\w*)|(?P<dot>\.)|(?P<word>[^\W\d]\w*)|(?P<sign>:=|[=|(),])"
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "0": "\0", "a": "\a", "b": "\b"}


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; ``nil`` is None."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """A function's name."""

    name: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Fields of a start: ``.`` (the dot), ``$name``, or a pipeline in parentheses. ``$`` alone is the root."""

    start: "str | Pipeline"
    fields: tuple[str, ...] = ()


Operand = Literal | Name | Chain


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each a row of operands, the first the function or the value; ``names`` are variables it sets."""

    commands: tuple[tuple[Operand, ...], ...]
    names: tuple[str, ...] = ()
    declares: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """What stands outside actions. ``line`` is where it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Action:
    """A pipeline whose value is written out, unless it sets a variable."""

    pipeline: Pipeline
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """``if``, ``with``, ``range``, ``define``, ``template`` or ``block``; ``name`` is a template's name."""

    word: str
    line: int
    pipeline: Pipeline | None = None
    name: str = ""
    body: tuple["Part", ...] = ()
    otherwise: tuple["Part", ...] = ()


Part = Text | Action | Block


@dataclass(slots=True)
class _Open:
    word: str
    line: int
    pipeline: Pipeline | None
    name: str
    body: list[Part]
    otherwise: list[Part] | None = None
    chained: bool = False

    @property
    def here(self) -> list[Part]:
        return self.body if self.otherwise is None else self.otherwise


def parse(text: str, name: str, limits: Limits | None = None) -> tuple[Part, ...]:
    """Read a template. Raises ParseError with ``name:line`` for anything text/template would refuse to parse."""
    limits = limits or Limits()
    if len(text) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    stack = [_Open("", 1, None, "", [])]
    for part, code, line in _pieces(text, name):
        if code is None:
            if part:
                stack[-1].here.append(Text(part, line))
            continue
        _take(stack, _Tokens(code, name, line), limits)
    if len(stack) > 1:
        raise ParseError(f"{stack[-1].word!r} without an end", f"{name}:{stack[-1].line}", "close it with {{ end }}")
    return tuple(stack[0].body)


def _pieces(text: str, name: str) -> Iterator[tuple[str, str | None, int]]:
    """(text, None, line) and ("", code, line) in turn, with the white space that ``{{-`` and ``-}}`` eat left out."""
    at, line, trim = 0, 1, False
    while True:
        start = text.find("{{", at)
        raw = text[at:] if start < 0 else text[at:start]
        match = _ACTION.match(text, start) if start >= 0 else None
        begin = line
        kept = raw
        if trim:
            kept = raw.lstrip()
            begin += raw[: len(raw) - len(kept)].count("\n")
        if match and match["left"]:
            kept = kept.rstrip()
        yield kept, None, begin
        line += raw.count("\n")
        if start < 0:
            return
        if match is None:
            raise ParseError("an action that does not end", f"{name}:{line}", "close it with }}")
        if match["comment"] is None:
            yield "", match["code"], line
        line += match[0].count("\n")
        trim, at = bool(match["right"]), match.end()


def _take(stack: list[_Open], tokens: "_Tokens", limits: Limits) -> None:
    word = tokens.word() if tokens.word() in _WORDS else ""
    if not word:
        stack[-1].here.append(Action(tokens.whole_pipeline(), tokens.line))
        return
    tokens.at += 1
    if word in {"if", "with", "range", "define", "block"}:
        name = tokens.string() if word in {"define", "block"} else ""
        pipeline = None if word == "define" else tokens.whole_pipeline()
        if len(stack) > limits.depth:
            raise tokens.fail(f"nested deeper than {limits.depth} levels")
        stack.append(_Open(word, tokens.line, pipeline, name, []))
    elif word == "template":
        name = tokens.string()
        pipeline = tokens.whole_pipeline() if tokens.left() else None
        stack[-1].here.append(Block(word, tokens.line, pipeline, name))
    elif word == "else":
        _otherwise(stack, tokens)
    elif word == "end":
        _end(stack, tokens)
    else:  # break, continue
        stack[-1].here.append(Block(word, tokens.line))


def _otherwise(stack: list[_Open], tokens: "_Tokens") -> None:
    top = stack[-1]
    if top.word not in {"if", "with", "range"} or top.otherwise is not None:
        raise tokens.fail("an else that belongs to nothing")
    top.otherwise = []
    word = tokens.word()
    if word in {"if", "with"}:  # `else if` opens a block of its own that the same end closes
        tokens.at += 1
        stack.append(_Open(word, tokens.line, tokens.whole_pipeline(), "", [], chained=True))


def _end(stack: list[_Open], tokens: "_Tokens") -> None:
    while True:
        if len(stack) == 1:
            raise tokens.fail("an end that closes nothing")
        done = stack.pop()
        block = Block(done.word, done.line, done.pipeline, done.name, tuple(done.body), tuple(done.otherwise or ()))
        stack[-1].here.append(block)
        if not done.chained:
            return


_WORDS = frozenset({"if", "else", "end", "range", "with", "define", "template", "block", "break", "continue"})


class _Tokens:
    """The tokens of one action, read from left to right."""

    def __init__(self, code: str, name: str, line: int) -> None:
        self.name, self.line, self.at = name, line, 0
        self.tokens: list[tuple[str, str, bool]] = []  # kind, text, whether it follows the one before without a space
        position, glued = 0, False
        while position < len(code):
            match = _TOKEN.match(code, position)
            if match is None:
                raise self.fail(f"unexpected {code[position]!r}")
            kind = match.lastgroup or ""
            if kind != "space":
                self.tokens.append((kind, match[0], glued))
            glued, position = kind != "space", match.end()

    def fail(self, what: str) -> ParseError:
        return ParseError(f"not a valid template: {what}", f"{self.name}:{self.line}", "mend the line above")

    def left(self) -> bool:
        return self.at < len(self.tokens)

    def word(self) -> str:
        return self.tokens[self.at][1] if self.left() and self.tokens[self.at][0] == "word" else ""

    def sign(self, text: str) -> bool:
        """Whether this sign comes next; it is taken then."""
        if self.left() and self.tokens[self.at][:2] == ("sign", text):
            self.at += 1
            return True
        return False

    def string(self) -> str:
        if not self.left() or self.tokens[self.at][0] not in {"string", "raw"}:
            raise self.fail("a template's name is missing")
        self.at += 1
        kind, text, _ = self.tokens[self.at - 1]
        return _unquoted(text) if kind == "string" else text[1:-1]

    def whole_pipeline(self) -> Pipeline:
        made = self.pipeline(0)
        if self.left():
            raise self.fail(f"unexpected {self.tokens[self.at][1]!r}")
        return made

    def pipeline(self, depth: int) -> Pipeline:
        if depth > 32:
            raise self.fail("parentheses nested too deeply")
        names, declares = self.names()
        commands = [self.command(depth)]
        while self.sign("|"):
            commands.append(self.command(depth))
        return Pipeline(tuple(commands), names, declares, self.line)

    def names(self) -> tuple[tuple[str, ...], bool]:
        """The variables on the left of ``:=`` or ``=``; nothing is taken when there is no such sign."""
        at, names = self.at, []
        while self.left() and self.tokens[self.at][0] == "variable":
            names.append(self.tokens[self.at][1])
            self.at += 1
            if not self.sign(","):
                break
        for sign in (":=", "="):
            if names and self.sign(sign):
                return tuple(names), sign == ":="
        self.at = at
        return (), False

    def command(self, depth: int) -> tuple[Operand, ...]:
        operands: list[Operand] = []
        while self.left() and not (self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in {"|", ")", ","}):
            operands.append(self.operand(depth))
        if not operands:
            raise self.fail("a command is missing")
        return tuple(operands)

    def operand(self, depth: int) -> Operand:
        kind, text, _ = self.tokens[self.at]
        self.at += 1
        if kind in {"dot", "variable"}:
            return Chain(text, self.fields())
        if kind == "field":
            return Chain(".", (text[1:], *self.fields()))
        if kind == "word":
            constants = {"true": True, "false": False, "nil": None}
            return Literal(constants[text]) if text in constants else Name(text)
        if kind == "number":
            return Literal(_number(text))
        if kind in {"string", "char"}:
            return Literal(_unquoted(text) if kind == "string" else ord(_unquoted(text)[:1] or "\0"))
        if kind == "raw":
            return Literal(text[1:-1])
        if text == "(":
            inner = self.pipeline(depth + 1)
            if not self.sign(")"):
                raise self.fail("a parenthesis that does not end")
            return Chain(inner, self.fields())
        raise self.fail(f"unexpected {text!r}")

    def fields(self) -> tuple[str, ...]:
        found = []
        while self.left() and self.tokens[self.at][0] == "field" and self.tokens[self.at][2]:
            found.append(self.tokens[self.at][1][1:])
            self.at += 1
        return tuple(found)


def _number(text: str) -> int | float:
    plain = text.replace("_", "")
    if plain.lstrip("+-")[:2].lower() == "0x":
        return int(plain, 16)
    return float(plain) if re.search(r"[.eE]", plain) else int(plain)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), text[1:-1], flags=re.DOTALL)
