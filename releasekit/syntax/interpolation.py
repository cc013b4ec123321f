"""Compose's variable references in a text: what they name, and what the text becomes. Knows no files.

Compose specification, 12-interpolation: ``$X``, ``${X}``, ``${X:-d}``, ``${X-d}``, ``${X:?m}``, ``${X?m}``,
``${X:+r}``, ``${X+r}``, nested, and ``$$`` for a dollar sign.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from releasekit.errors import ParseError

Lookup = Callable[[str], str | None]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_DEPTH = 16
# of a text with its variables replaced: A=$B$B, B=$C$C and so on double with each line (A23)
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable that a text refers to. ``operator`` is "", "-", ":-", "?", ":?", "+" or ":+"; ``found`` says whether
    the lookup knew it, and ``empty`` that it was found without a value.
    """

    name: str
    operator: str
    default: str
    found: bool
    empty: bool = False

    @property
    def required(self) -> bool:
        """``${X:?message}`` or ``${X?message}``: Compose refuses to start without it."""
        return self.operator in {"?", ":?"}

    @property
    def has_default(self) -> bool:
        """There is text for the case that it is not set (also the ``+`` forms, which then give nothing)."""
        return self.operator in {"-", ":-", "+", ":+"}


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text with its variables replaced; those that have no value stay as ``${NAME}``."""

    text: str
    references: tuple[Reference, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every variable got a value or a default."""
        return all(reference.found or reference.has_default for reference in self.references)


def expand(text: str, lookup: Lookup, where: str = "") -> Expansion:
    """Replace the variables of ``text`` by what ``lookup`` gives for a name (None: not set).

    Raises ParseError (at ``where``) for braces that do not close, names that are none, and results past the budget.
    """
    if "$" not in text:
        return Expansion(text)
    found: list[Reference] = []
    return Expansion(_expand(text, lookup, found, where, 0), tuple(found))


def _expand(text: str, lookup: Lookup, found: list[Reference], where: str, depth: int) -> str:
    if depth > _DEPTH:
        raise ParseError(f"variables nested deeper than {_DEPTH} levels", where, "flatten them")
    out: list[str] = []
    at = size = 0
    while (dollar := text.find("$", at)) >= 0:
        out.append(text[at:dollar])
        after = text[dollar + 1 : dollar + 2]
        if after == "$":
            out.append("$")
            at = dollar + 2
        elif after == "{":
            end = _closing(text, dollar + 2, where)
            out.append(_braced(text[dollar + 2 : end], lookup, found, where, depth))
            at = end + 1
        elif match := _NAME.match(text, dollar + 1):
            out.append(_plain(match[0], lookup, found))
            at = match.end()
        else:
            out.append("$")
            at = dollar + 1
        size += len(out[-1])
        if size > _LONGEST:
            raise ParseError(f"variables replaced make more than {_LONGEST} characters", where, "shorten them")
    out.append(text[at:])
    return "".join(out)


def _closing(text: str, start: int, where: str) -> int:
    depth, at = 1, start
    while at < len(text):
        if text.startswith("${", at):
            depth, at = depth + 1, at + 2
            continue
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ParseError("a variable reference does not close: ${...", where, "close it with }, or write $$ for a dollar")


def _plain(name: str, lookup: Lookup, found: list[Reference]) -> str:
    value = lookup(name)
    found.append(Reference(name, "", "", value is not None, value == ""))
    return value if value is not None else f"${{{name}}}"


def _braced(inner: str, lookup: Lookup, found: list[Reference], where: str, depth: int) -> str:
    name = _NAME.match(inner)
    if not name:
        raise ParseError(f"not a variable name: ${{{inner}}}", where, "a name is letters, digits and _")
    rest = inner[name.end() :]
    if not rest:
        return _plain(name[0], lookup, found)
    operator = _OPERATOR.match(rest)
    if not operator:
        raise ParseError(
            f"not a variable reference: ${{{inner}}}", where, "write ${NAME}, ${NAME:-default} or ${NAME:?message}"
        )
    argument = rest[operator.end() :]
    value = lookup(name[0])
    there = value is not None and not (value == "" and operator[0].startswith(":"))
    found.append(Reference(name[0], operator[0], argument, there, value == ""))
    kind = operator[0][-1]
    if kind == "+":
        return _expand(argument, lookup, found, where, depth + 1) if there else ""
    if there:
        return value or ""
    return _expand(argument, lookup, found, where, depth + 1) if kind == "-" else f"${{{name[0]}}}"
