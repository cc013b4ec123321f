"""Values that remember where they were written, so that what a template makes of them has a source. Runs nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from releasekit.syntax.node import Node, Scalar

# stands for a value that is not known; no YAML file contains it (a private character of Unicode)
UNKNOWN = "\ue000"


@dataclass(frozen=True, slots=True)
class Said:
    """A scalar and its places. ``lines`` are the places of each line, for a text that several places gave."""

    value: Scalar
    places: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; ``places`` are where its keys stand."""

    pairs: Mapping[str, "Value"]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A list."""

    items: tuple["Value", ...]


Value = Said | Table | Row
NIL = Said(None)
EMPTY = Table({}, {})


def of_node(node: Node, path: str) -> Value:
    """A parsed file's values, each with its ``path:line``."""
    if node.is_map:
        pairs = {key: of_node(child, path) for key, child in node.items()}
        return Table(pairs, {key: f"{path}:{node.line_of(key)}" for key in pairs})
    if node.is_list:
        return Row(tuple(of_node(child, path) for child in node))
    scalar = node.value if isinstance(node.value, str | int | float | bool) else None
    return Said(scalar, (f"{path}:{node.line}",) if node.line else ())


def of_data(data: object, places: tuple[str, ...] = ()) -> Value:
    """Plain data with the places of what it was made from."""
    if isinstance(data, Said | Table | Row):
        return data
    if isinstance(data, Mapping):
        pairs = {str(key): of_data(child, places) for key, child in data.items()}
        return Table(pairs, dict.fromkeys(pairs, places[0]) if places else {})
    if isinstance(data, list | tuple):
        return Row(tuple(of_data(child, places) for child in data))
    return Said(data if isinstance(data, str | int | float | bool) else None, places)


class UnknownError(Exception):
    """Something that is not understood, that is too large, or that nobody can know from the files."""


def is_unknown(value: Value) -> bool:
    """Whether a text holds what is not known."""
    return isinstance(value, Said) and isinstance(value.value, str) and UNKNOWN in value.value


def plain(value: Value) -> object:
    """The same as dicts, lists and scalars. Raises UnknownError over 50,000 values or 40 levels."""
    return _plain(value, 40, [50_000])


def _plain(value: Value, depth: int, left: list[int]) -> object:
    left[0] -= 1
    if not depth or left[0] < 0:
        raise UnknownError("a value that is too large")
    if isinstance(value, Table):
        return {key: _plain(child, depth - 1, left) for key, child in value.pairs.items()}
    if isinstance(value, Row):
        return [_plain(child, depth - 1, left) for child in value.items]
    return value.value


def places(*values: Value) -> tuple[str, ...]:
    """The places of scalars among values, each once, in order."""
    return tuple(dict.fromkeys(place for value in values if isinstance(value, Said) for place in value.places))


def merged(under: Value, over: Value) -> Value:
    """Helm's merge of values: mappings key by key, anything else replaced, a key set to null removed."""
    if not isinstance(under, Table) or not isinstance(over, Table):
        return over
    pairs, where = dict(under.pairs), dict(under.places)
    for key, value in over.pairs.items():
        if isinstance(value, Said) and value.value is None:
            pairs.pop(key, None)
            continue
        pairs[key] = merged(pairs[key], value) if key in pairs else value
        where[key] = over.places.get(key, "")
    return Table(pairs, where)


def truth(value: Value) -> bool:
    """Go's truth: not nil, false, zero or empty."""
    if isinstance(value, Table):
        return bool(value.pairs)
    return bool(value.items if isinstance(value, Row) else value.value)


def text(value: Value) -> str:
    """A value as an action writes it out (fmt.Print)."""
    return written(value.value) if isinstance(value, Said) else _printed(plain(value))


def _printed(data: object) -> str:
    if isinstance(data, dict):
        return "map[" + " ".join(f"{key}:{_printed(data[key])}" for key in sorted(data)) + "]"
    if isinstance(data, list):
        return "[" + " ".join(map(_printed, data)) + "]"
    return written(data if isinstance(data, str | int | float | bool) else None)


def written(value: Scalar) -> str:
    """A scalar as Go prints it; nil becomes nothing, as Helm does with ``<no value>``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def as_yaml(value: Value) -> Said:
    """The ``toYaml`` of a value: keys sorted, each line with the place it came from."""
    plain(value)  # is it small enough?
    rows = list(_yaml(value, 0))
    if not rows:
        return Said("")
    lines = tuple(where for _, where in rows)
    return Said("\n".join(line for line, _ in rows), tuple(dict.fromkeys(p for line in lines for p in line)), lines)


def _yaml(value: Value, depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    pad = "  " * depth
    if isinstance(value, Table) and value.pairs:
        for key in sorted(value.pairs):
            child = value.pairs[key]
            here = (value.places[key],) if value.places.get(key) else ()
            yield from _entry(f"{pad}{_quoted(key)}:", child, here, depth, isinstance(child, Row))
    elif isinstance(value, Row) and value.items:
        for item in value.items:
            inner = list(_yaml(item, depth + 1))
            first, where = inner[0]
            yield f"{pad}- {first.lstrip()}", where
            yield from inner[1:]
    else:
        yield pad + _flow(value), places(value)


def _entry(
    head: str, child: Value, here: tuple[str, ...], depth: int, listed: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(child, Said) and isinstance(child.value, str) and "\n" in child.value:
        chomp = "|" if child.value.endswith("\n") else "|-"
        yield f"{head} {chomp}", here
        lines = child.value.rstrip("\n").split("\n")
        for line in lines:
            yield ("  " * (depth + 1) + line if line else ""), places(child) or here
    elif _is_empty(child):
        yield f"{head} {_flow(child)}", places(child) or here
    else:
        yield head, here
        yield from _yaml(child, depth if listed else depth + 1)


def _is_empty(value: Value) -> bool:
    """Whether a value fits on its key's line: a scalar, or an empty collection."""
    return isinstance(value, Said) or not (value.pairs if isinstance(value, Table) else value.items)


def _flow(value: Value) -> str:
    if isinstance(value, Table):
        return "{}"
    if isinstance(value, Row):
        return "[]"
    if isinstance(value.value, str):
        return _quoted(value.value)
    return "null" if value.value is None else written(value.value)


_PLAIN_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/_")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def _quoted(scalar: str) -> str:
    """A string as YAML: plain where no reader could take it for something else, else in double quotes."""
    safe = scalar and scalar[0] in _PLAIN_START and scalar.lower() not in _WORDS
    if safe and not any(bad in scalar for bad in (": ", " #", "\n", "\t", "\\")) and scalar[-1] not in ": ":
        return scalar
    escaped = scalar.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def kinds(values: Sequence[Value]) -> tuple[str, ...]:
    """Go's name of each value's kind, as ``kindOf`` gives it."""
    return tuple(_kind(value) for value in values)


def _kind(value: Value) -> str:
    if isinstance(value, Table):
        return "map"
    if isinstance(value, Row):
        return "slice"
    names: dict[type, str] = {bool: "bool", int: "int", float: "float64", str: "string", type(None): "invalid"}
    return names[type(value.value)]
