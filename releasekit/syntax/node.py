"""The one shape that every structured format is read into: a value, its line, and how it was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Scalar = str | int | float | bool | None
NO_KEYS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one text: size in bytes, number of nodes, depth of nesting; and whether YAML's extras are allowed."""

    size: int = 1 << 20
    nodes: int = 200_000
    depth: int = 64
    aliases: bool = True
    tags: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A mapping, a sequence or a scalar.

    ``value`` is a proxy of text keys to nodes, a tuple of nodes, or a scalar; ``line`` counts from 1 (0: not there);
    ``raw`` is a scalar as written; ``plain`` is False for quoted scalars; ``keys`` gives the line of each key.
    """

    value: MappingProxyType[str, "Node"] | tuple["Node", ...] | Scalar
    line: int
    raw: str = ""
    plain: bool = True
    keys: Mapping[str, int] = field(default_factory=lambda: NO_KEYS)

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, MappingProxyType)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def is_scalar(self) -> bool:
        return self.line > 0 and not isinstance(self.value, (MappingProxyType, tuple))

    @property
    def text(self) -> str:
        """A scalar as its author wrote it (so that ``1.10`` stays ``1.10``); "" for null and for anything else."""
        return self.raw if self.is_scalar and self.value is not None else ""

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of a scalar, or those of the elements of a sequence; without empty ones."""
        return tuple(one.text for one in (self if self.is_list else (self,)) if one.text)

    @property
    def scalars(self) -> dict[str, str]:
        """The texts of a mapping's scalars by their key; without empty ones."""
        return {key: child.text for key, child in self.items() if child.text}

    def __bool__(self) -> bool:
        """True when the node is there, even when its value is empty or false."""
        return self.line > 0

    def __iter__(self) -> Iterator["Node"]:
        """The elements of a sequence; nothing for mappings and scalars."""
        return iter(self.value) if isinstance(self.value, tuple) else iter(())

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """The pairs of a mapping; nothing for anything else."""
        return iter(self.value.items()) if isinstance(self.value, MappingProxyType) else iter(())

    def at(self, *path: str | int) -> "Node":
        """The node under a path of keys and indices, or ABSENT: ``node.at("spec", "containers", 0, "image")``."""
        here = self
        for step in path:
            if isinstance(step, str) and isinstance(here.value, MappingProxyType):
                here = here.value.get(step, ABSENT)
            elif isinstance(step, int) and isinstance(here.value, tuple) and -len(here.value) <= step < len(here.value):
                here = here.value[step]
            else:
                return ABSENT
        return here

    def line_of(self, key: str) -> int:
        """The line on which a key of this mapping stands; the mapping's own line when it has no such key."""
        return self.keys.get(key, self.line)

    def data(self) -> object:
        """The same as dicts, lists and scalars. Depth is bounded by the reader's limits."""
        if isinstance(self.value, MappingProxyType):
            return {key: child.data() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return [child.data() for child in self.value]
        return self.value


ABSENT = Node(None, 0)
