"""Compose files as pieces: texts with their variables replaced, each with the file and line it stands in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from releasekit.errors import ParseError
from releasekit.facts.files import Files
from releasekit.syntax.expression import Expression
from releasekit.syntax.interpolation import Reference, expand
from releasekit.syntax.node import Node

Lookup = Callable[[str], str | None]
_TAG = Expression(r"(?:^|[\s:-])!(?P<tag>reset|override)(?:\s|$)")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A mapping, a list or a text (None for null), where it stands, and the variables it refers to.

    ``tag`` is Compose's own ``!reset`` or ``!override`` (13-merge), "" otherwise.
    """

    value: "Mapping[str, Piece] | tuple[Piece, ...] | str | None"
    source: str
    references: tuple[Reference, ...] = ()
    raw: str = ""
    tag: str = ""

    def __bool__(self) -> bool:
        return bool(self.source)

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, Mapping)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def path(self) -> str:
        return self.source.rpartition(":")[0]

    def __iter__(self) -> "Iterator[Piece]":
        return iter(self.value) if isinstance(self.value, tuple) else iter(())

    def items(self) -> "Iterator[tuple[str, Piece]]":
        return iter(self.value.items()) if isinstance(self.value, Mapping) else iter(())

    def at(self, *keys: str) -> "Piece":
        here = self
        for key in keys:
            if not isinstance(here.value, Mapping):
                return ABSENT
            here = here.value.get(key, ABSENT)
        return here

    def words(self) -> tuple[str, ...]:
        """A list of texts, or one text as a list of one; nothing for anything else."""
        return tuple(piece.text for piece in self) if self.is_list else ((self.text,) if self.text else ())

    def all_references(self) -> "Iterator[tuple[Reference, Piece]]":
        """All variables that this piece and what is in it refer to, with the piece that does."""
        for reference in self.references:
            yield reference, self
        children = self.value.values() if isinstance(self.value, Mapping) else self
        for child in children:
            yield from child.all_references()

    def but(self, value: "Mapping[str, Piece] | tuple[Piece, ...] | str | None") -> "Piece":
        return replace(self, value=value, tag="")


ABSENT = Piece(None, "")


class Reader:
    """Turns the nodes of one file into pieces."""

    def __init__(self, files: Files, path: str, lookup: Lookup) -> None:
        self.files, self.path, self.lookup = files, path, lookup
        text = files.text(path)
        self.lines = text.split("\n") if "!reset" in text or "!override" in text else []

    def piece(self, node: Node, line: int = 0) -> Piece:
        """The piece of a node; ``line`` is that of its key, where it has one."""
        line = line or node.line
        source, tag = f"{self.path}:{line}", self.tag(line)
        if node.is_map:
            return Piece({key: self.piece(child, node.line_of(key)) for key, child in node.items()}, source, tag=tag)
        if node.is_list:
            return Piece(tuple(self.piece(child) for child in node), source, tag=tag)
        if node.value is None:
            return Piece(None, source, tag=tag)
        return self.scalar(node, source, tag)

    def scalar(self, node: Node, source: str, tag: str) -> Piece:
        raw = node.raw
        try:
            expansion = expand(raw, self.lookup, source)
        except ParseError as error:
            self.files.note(self.path, error)
            return Piece(raw, source, (), raw, tag)
        return Piece(expansion.text, source, expansion.references, raw, tag)

    def tag(self, line: int) -> str:
        match = _TAG.search(self.lines[line - 1]) if 0 < line <= len(self.lines) else None
        return match["tag"] if match else ""
