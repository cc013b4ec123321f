"""HCL (Terraform's language) to blocks with line numbers. Evaluates nothing: an expression stays the text it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits

_LARGEST = 1 << 18  # bytes: the grammar's parser takes about a second for that much


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name = expression``. ``value`` is the literal it is, a string without its quotes; None for anything else."""

    expression: str
    line: int
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Block:
    """``kind "label" ... { }``; ``attributes`` by name, ``blocks`` in order."""

    kind: str
    labels: tuple[str, ...]
    line: int
    attributes: Mapping[str, Attribute]
    blocks: tuple["Block", ...]

    def inner(self, kind: str) -> Iterator["Block"]:
        """The blocks of one kind directly inside this one."""
        return (block for block in self.blocks if block.kind == kind)


def parse(text: str, name: str, limits: Limits | None = None) -> Block:
    """Read a file as a block without a kind. Raises ParseError with ``name:line``."""
    import hcl2
    from lark.exceptions import LarkError

    limits = limits or Limits(size=_LARGEST)
    if len(text) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    source = text if text.endswith("\n") else text + "\n"
    try:
        tree = hcl2.parses_to_tree(source)
        return _body("", (), 1, next(_named(tree, "body")), source)
    except LarkError as error:
        line = getattr(error, "line", None)
        where = f"{name}:{line}" if isinstance(line, int) and line > 0 else name
        raise ParseError("not valid HCL", where, "mend the line above") from None
    except RecursionError:
        raise ParseError("nested too deeply", name, "flatten the structure") from None
    except StopIteration:
        return Block("", (), 1, MappingProxyType({}), ())


def _named(tree: Any, *names: str) -> Iterator[Any]:
    """The children of a lark tree that are trees of one of these rules (lark has no types)."""
    return (child for child in tree.children if getattr(child, "data", None) in names)


def _body(kind: str, labels: tuple[str, ...], line: int, body: Any, source: str) -> Block:
    attributes: dict[str, Attribute] = {}
    blocks = []
    for child in _named(body, "attribute", "block"):
        if child.data == "attribute":
            attributes[_label(child.children[0])] = _attribute(child, source)
        else:
            inner = next(_named(child, "body"), None)
            head = [_label(part) for part in _named(child, "identifier", "string")]
            if inner is not None and head:
                blocks.append(_body(head[0], tuple(head[1:]), child.meta.line, inner, source))
    return Block(kind, labels, line, MappingProxyType(attributes), tuple(blocks))


def _label(tree: Any) -> str:
    """The text of an identifier or of a quoted label."""
    return "".join(str(token) for token in _tokens(tree)).strip('"')


def _tokens(tree: Any) -> Iterator[Any]:
    for child in tree.children:
        if hasattr(child, "children"):
            yield from _tokens(child)
        else:
            yield child


def _attribute(tree: Any, source: str) -> Attribute:
    meta = tree.children[-1].meta
    empty = getattr(meta, "empty", True)
    expression = "" if empty else source[meta.start_pos : meta.end_pos].strip()
    return Attribute(expression, tree.meta.line, _literal(expression))


def _literal(text: str) -> str | int | float | bool | None:
    if text in {"true", "false"}:
        return text == "true"
    if len(text) > 1 and text[0] == text[-1] == '"' and "${" not in text and '"' not in text[1:-1]:
        return text[1:-1]
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return None
