"""YAML to nodes, by dialect: 1.1 as Kubernetes tools read it, 1.2 as Compose and CI mean it. Builds no objects."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

import yaml

from releasekit.errors import ParseError, Problem
from releasekit.syntax.node import Limits, Node, Scalar

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_resolve: Callable[..., object] = yaml.resolver.Resolver().resolve
_CONSTRUCTOR = yaml.constructor.SafeConstructor()

# YAML 1.2.2, section 10.3.2 (core schema)
_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OCT = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# what all of them begin with, but for the empty one
_NOT_TEXT = frozenset("nN~tTfF+-.0123456789")

_PROBLEMS = 50


class Dialect(Enum):
    """Which of YAML's two readings of unquoted scalars applies."""

    YAML_1_1 = "1.1"
    YAML_1_2 = "1.2"


def parse(text: str, name: str, dialect: Dialect = Dialect.YAML_1_2, limits: Limits | None = None) -> tuple[Node, ...]:
    """Read all documents of a YAML text; an empty document is a node with value None.

    Merge keys (``<<``) are resolved in both dialects, since Compose files rely on them. Duplicate keys are an error.
    Raises ParseError with ``name:line`` for malformed text, unknown tags' construction is never attempted (tags are
    ignored), and for a text over its budgets; aliases count as the nodes they repeat, so a bomb ends at the budget.
    """
    documents, problems = read(text, name, dialect, limits)
    if problems:
        raise ParseError(problems)
    return documents


def read(
    text: str, name: str, dialect: Dialect = Dialect.YAML_1_2, limits: Limits | None = None
) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Like `parse`, but what does not end the reading is returned beside the documents: all of it, not the first one.

    That is duplicate keys (the first one is kept) and, where ``limits`` forbids them, aliases, anchors and tags.
    Raises ParseError for the rest.
    """
    limits = limits or Limits()
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ParseError("not text: half of a surrogate pair", f"{name}:{line}", "save it as UTF-8 text") from None
    if size > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "split the file: nothing was read of it")
    builder = _Builder(name, dialect, limits)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        last = Problem(f"not valid YAML: {error.problem or error.context}", where, "mend that line")
        raise ParseError((*builder.problems, last)) from None
    except yaml.YAMLError as error:
        last = Problem(f"not valid YAML: {' '.join(str(error).split())}", name, "save it as UTF-8 text")
        raise ParseError((*builder.problems, last)) from None
    except ParseError as error:
        raise ParseError((*builder.problems, *error.problems)) from None
    return tuple(builder.documents), tuple(builder.problems)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read."""

    line: int
    mapping: bool
    anchor: str | None
    pairs: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    merged: list[Node] = field(default_factory=list)
    elements: list[Node] = field(default_factory=list)
    key: tuple[str, int] | None = None


class _Builder:
    """Turns parser events into nodes with a stack of its own, so that depth is a budget and not a crash."""

    def __init__(self, name: str, dialect: Dialect, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.resolve: Callable[[str], Scalar] = _core_scalar if dialect is Dialect.YAML_1_2 else _yaml11_scalar
        self.documents: list[Node] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        # of each node: how many values it stands for, and how deep they lie, aliases written out
        self.sizes: dict[int, tuple[int, int]] = {}
        self.count = 0
        self.problems: list[Problem] = []

    def note(self, what: str, line: int, do: str) -> None:
        if len(self.problems) >= _PROBLEMS:
            raise self.fail("more problems than are listed", line, "mend those above first")
        self.problems.append(Problem(what, f"{self.name}:{line}", do))

    def fail(self, what: str, line: int, do: str) -> ParseError:
        return ParseError(what, f"{self.name}:{line}", do)

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.anchors.clear()
        elif isinstance(event, yaml.AliasEvent):
            self.alias(event)

    def open(self, event: yaml.CollectionStartEvent) -> None:
        line = _line(event)
        self.check_properties(event, line)
        if len(self.stack) >= self.limits.depth:
            raise self.fail(f"nested deeper than {self.limits.depth} levels", line, "flatten the structure")
        self.stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent), event.anchor))

    def close(self) -> None:
        done = self.stack.pop()
        if not done.mapping:
            self.add(Node(tuple(done.elements), done.line), done.anchor, *self.size(done.elements))
            return
        pairs, keys = done.pairs, done.keys
        for source in done.merged:
            for key, child in source.items():
                if key not in pairs:
                    pairs[key] = child
                    keys[key] = source.line_of(key)
        node = Node(MappingProxyType(pairs), done.line, keys=MappingProxyType(keys))
        self.add(node, done.anchor, *self.size(pairs.values()))

    def scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        self.check_properties(event, line)
        top = self.stack[-1] if self.stack else None
        plain = bool(event.implicit[0]) and not event.style
        if top and top.mapping and top.key is None and event.anchor is None:
            self.key(top, event.value, line)
            return
        value = self.resolve(event.value) if plain and not event.tag else event.value
        self.add(Node(value, line, event.value, plain), event.anchor)

    def key(self, top: _Open, text: str, line: int) -> None:
        if text in top.keys and text != "<<":
            self.note(f"the key {text!r} stands twice, first on line {top.keys[text]}", line, "keep one of the two")
        top.key = (text, line)

    def alias(self, event: yaml.AliasEvent) -> None:
        line = _line(event)
        if not self.limits.aliases:
            self.note(f"an alias (*{event.anchor}) is not allowed here", line, "write the value out")
        target = self.anchors.get(event.anchor or "")
        if target is None and not self.limits.aliases:
            target = Node(None, line)
            self.sizes[id(target)] = (1, 0)
        if target is None:
            raise self.fail(f"the alias *{event.anchor} names nothing that is complete", line, "write the value out")
        self.add(target, None, *self.sizes[id(target)])

    def check_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.anchor and not self.limits.aliases:
            self.note(f"an anchor (&{event.anchor}) is not allowed here", line, "write the value out where it is used")
        if event.tag and not self.limits.tags:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.note(f"a tag ({tag}) is not allowed here", line, "write the value without it, a text in quotes")

    def size(self, children: Iterable[Node]) -> tuple[int, int]:
        weight, height = 1, 0
        for child in children:
            of_child = self.sizes[id(child)]
            weight, height = weight + of_child[0], max(height, of_child[1])
        return weight, height + 1

    def add(self, node: Node, anchor: str | None, weight: int = 1, height: int = 0) -> None:
        self.sizes[id(node)] = (weight, height)
        self.count += 1 if node.is_scalar else 0
        if weight > self.limits.nodes or self.count > self.limits.nodes:
            raise self.fail(f"more than {self.limits.nodes} values", node.line, "split the file")
        if len(self.stack) + height > self.limits.depth:
            raise self.fail(f"nested deeper than {self.limits.depth} levels", node.line, "flatten the structure")
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.documents.append(node)
            return
        top = self.stack[-1]
        if not top.mapping:
            top.elements.append(node)
        elif top.key is None:
            if not node.is_scalar:
                raise self.fail("a mapping or list stands where a key must be", node.line, "use a text as key")
            self.key(top, node.text, node.line)
        else:
            key, line = top.key
            top.key = None
            if key == "<<" and (node.is_map or node.is_list):
                top.merged.extend([node] if node.is_map else list(node))
            else:
                top.pairs.setdefault(key, node)
                top.keys.setdefault(key, line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _core_scalar(text: str) -> Scalar:
    if text and text[0] not in _NOT_TEXT:
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return text[0] in "tT"
    for pattern, number in _NUMBERS:
        if pattern.fullmatch(text):
            return number(text)
    return text


def _integer(text: str, radix: int = 10) -> Scalar:
    return int(text, radix) if len(text) <= 64 else text


_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], Scalar]], ...] = (
    (_INT, _integer),
    (_OCT, lambda text: _integer(text[2:], 8)),
    (_HEX, lambda text: _integer(text[2:], 16)),
    (_FLOAT, lambda text: float(re.sub(r"\.(inf|nan)$", r"\1", text.lower()))),
)


def _yaml11_scalar(text: str) -> Scalar:
    tag = str(_resolve(yaml.ScalarNode, text, (True, False))).rpartition(":")[2]
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in {"yes", "true", "on"}
    if tag not in {"int", "float"} or len(text) > 64:
        return text
    node = yaml.ScalarNode(f"tag:yaml.org,2002:{tag}", text)
    make = _CONSTRUCTOR.construct_yaml_int if tag == "int" else _CONSTRUCTOR.construct_yaml_float
    try:
        number: int | float = make(node)
    except ValueError:  # `0x_` has the form of a number, and no digits
        return text
    return number
