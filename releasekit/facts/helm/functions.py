"""Helm's functions on values that remember their places: collections keep theirs, texts take their arguments'."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from releasekit.errors import ParseError
from releasekit.facts.helm import sprig
from releasekit.facts.traced import (
    EMPTY,
    NIL,
    UNKNOWN,
    Row,
    Said,
    Table,
    UnknownError,
    Value,
    as_yaml,
    is_unknown,
    kinds,
    merged,
    of_data,
    of_node,
    places,
    plain,
    text,
    truth,
)
from releasekit.syntax import yaml
from releasekit.syntax.gotemplate import Chain

# a cluster of the day, as `helm template` assumes one; only built-in APIs are there
_KUBERNETES = "v1.31.0"
CAPABILITIES: Mapping[str, object] = {
    "KubeVersion": {"Version": _KUBERNETES, "Major": "1", "Minor": "31", "GitVersion": _KUBERNETES},
    "HelmVersion": {"Version": "v3.16.0"},
}
# who switches an object of the Prometheus operator on has it in the cluster
_OPERATORS = frozenset({"monitoring.coreos.com"})
_BUILT_IN = frozenset({"v1", "apps/v1", "batch/v1", "autoscaling/v1", "autoscaling/v2", "policy/v1"})
_BUILT_IN_GROUPS = frozenset(
    {"networking.k8s.io/v1", "rbac.authorization.k8s.io/v1", "storage.k8s.io/v1", "scheduling.k8s.io/v1"}
)


def call(name: str, arguments: Sequence[Value]) -> Value:
    """A function's result. Raises UnknownError for functions and arguments that are not understood."""
    plain_name = name.removeprefix("must")
    known = name if not name.startswith("must") else plain_name[:1].lower() + plain_name[1:]
    if known == "b64enc" and len(arguments) == 1:
        # what is encoded is a secret: nothing may show it, but a Secret's readers may look for addresses in it
        return Said(UNKNOWN + base64.b64encode(text(arguments[0]).encode()).decode(), places(*arguments))
    if known in sprig.OPAQUE:
        return Said(UNKNOWN)
    structural = _STRUCTURAL.get(known)
    try:
        if structural:
            return structural(*arguments)
        if known in sprig.TEXT or known in sprig.OTHER:
            function = (sprig.TEXT if known in sprig.TEXT else sprig.OTHER)[known]
            return _lifted(function, arguments, keeps=known == "printf")
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, OverflowError, RecursionError) as error:
        raise UnknownError(f"{name}: {error}") from None
    raise UnknownError(f"the function {name!r}")


def _lifted(function: Callable[..., Any], arguments: Sequence[Value], keeps: bool = False) -> Value:
    """A function of plain values; its result stands where its arguments stood. ``keeps``: what is not known of an
    argument stays a part of the result, as in an address with a password."""
    if any(map(is_unknown, arguments)) and not keeps:
        return Said(UNKNOWN)
    result = function(*(plain(argument) for argument in arguments))
    if isinstance(result, int) and abs(result) >= 1 << 63:
        raise UnknownError("a number that is too large")
    if isinstance(result, str | list) and len(result) > 1 << 18:
        raise UnknownError("a value that is too large")
    where = places(*arguments)
    made = of_data(result, where)
    if isinstance(made, Said) and isinstance(made.value, str):
        for argument in arguments:
            if isinstance(argument, Said) and argument.lines:
                return _carried(made.value, argument, where)
    return made


def _carried(result: str, source: Said, where: tuple[str, ...]) -> Said:
    """Keep the places of lines, if it still has the same lines but for blank ones at its ends."""
    before = text(source)
    gone = len(before) - len(before.lstrip("\n")) if not result.startswith("\n") else 0
    lines = source.lines[gone:]
    return Said(result, where, lines if result.count("\n") < len(lines) else ())


def _indent(count: Value, value: Value) -> Said:
    pad = " " * min(int(text(count) or 0), 100)
    said = value if isinstance(value, Said) else Said(text(value))
    return Said("\n".join(pad + line for line in text(said).split("\n")), said.places, said.lines)


def _nindent(count: Value, value: Value) -> Value:
    made = _indent(count, value)
    return Said("\n" + text(made), made.places, ((), *made.lines) if made.lines else ())


def _default(preset: Value, value: Value = NIL) -> Value:
    return value if truth(value) else preset


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if truth(value)), NIL)


def _ternary(yes: Value, no: Value, test: Value) -> Value:
    return yes if truth(test) else no


def _index(value: Value, *keys: Value) -> Value:
    for key in keys:
        if isinstance(value, Table):
            value = value.pairs.get(text(key), NIL)
        elif isinstance(value, Row):
            number = int(text(key))
            value = value.items[number] if 0 <= number < len(value.items) else NIL
        else:
            return NIL
    return value


def _dig(*arguments: Value) -> Value:
    *path, preset, value = arguments
    for key in path:
        if not isinstance(value, Table) or text(key) not in value.pairs:
            return preset
        value = value.pairs[text(key)]
    return value


def _dict(*arguments: Value) -> Value:
    pairs = {text(key): value for key, value in zip(arguments[::2], arguments[1::2], strict=False)}
    return Table(pairs, {})


def _pick(table: Value, *keys: Value) -> Value:
    return _filtered(table, lambda key: key in {text(k) for k in keys})


def _omit(table: Value, *keys: Value) -> Value:
    return _filtered(table, lambda key: key not in {text(k) for k in keys})


def _filtered(table: Value, wanted: Callable[[str], bool]) -> Value:
    if not isinstance(table, Table):
        return EMPTY
    return Table({key: value for key, value in table.pairs.items() if wanted(key)}, table.places)


def _set(table: Value, key: Value, value: Value) -> Value:
    if not isinstance(table, Table) or not isinstance(table.pairs, dict):
        raise UnknownError("set on what is no mapping")
    table.pairs[text(key)] = value
    return table


def _unset(table: Value, key: Value) -> Value:
    if isinstance(table, Table) and isinstance(table.pairs, dict):
        table.pairs.pop(text(key), None)
    return table


def _merge(*tables: Value) -> Value:
    """``merge``: what comes first wins. The first one is changed too, as sprig does."""
    return _into(tables, lambda result, table: merged(table, result))


def _overwrite(*tables: Value) -> Value:
    return _into(tables, merged)


def _into(tables: Sequence[Value], join: Callable[[Value, Value], Value]) -> Value:
    result = tables[0]
    for table in tables[1:]:
        result = join(result, table if isinstance(table, Table) else EMPTY)
    first = tables[0]
    if isinstance(first, Table) and isinstance(first.pairs, dict) and isinstance(result, Table):
        first.pairs.update(result.pairs)
    return result


def _required(message: Value, value: Value = NIL) -> Value:
    if not isinstance(value, Said) or value.value not in {None, ""}:
        return value
    raise UnknownError(f"a value that must be given: {text(message)}")


def _fail(message: Value = NIL) -> Value:
    raise UnknownError(f"the chart refuses: {text(message)}")


def _from_yaml(value: Value) -> Value:
    try:
        documents = yaml.parse(text(value), "values", yaml.Dialect.YAML_1_1)
    except ParseError as error:
        raise UnknownError(error.problems[0].what) from None
    where = places(value)
    return of_data(documents[0].data(), where) if documents else of_node(yaml.parse("{}", "values")[0], "values")


def _kind_is(wanted: Value, value: Value) -> Value:
    return Said(text(wanted).removeprefix("[]interface {}") == kinds([value])[0] or _typed(wanted, value))


def _typed(wanted: Value, value: Value) -> bool:
    names = {"map": "map[string]interface {}", "slice": "[]interface {}"}
    return text(wanted) == names.get(kinds([value])[0], kinds([value])[0])


def _items(row: Value) -> tuple[Value, ...]:
    return row.items if isinstance(row, Row) else ()


_STRUCTURAL: Mapping[str, Callable[..., Value]] = {
    "default": _default,
    "coalesce": _coalesce,
    "ternary": _ternary,
    "index": _index,
    "get": lambda table, key: table.pairs.get(text(key), Said("")) if isinstance(table, Table) else Said(""),
    "dig": _dig,
    "dict": _dict,
    "list": lambda *values: Row(tuple(values)),
    "tuple": lambda *values: Row(tuple(values)),
    "first": lambda row: _items(row)[0] if _items(row) else NIL,
    "last": lambda row: _items(row)[-1] if _items(row) else NIL,
    "rest": lambda row: Row(_items(row)[1:]),
    "initial": lambda row: Row(_items(row)[:-1]),
    "append": lambda row, value: Row((*_items(row), value)),
    "prepend": lambda row, value: Row((value, *_items(row))),
    "concat": lambda *rows: Row(tuple(item for row in rows for item in _items(row))[:10_000]),
    "values": lambda table: Row(tuple(table.pairs.values()) if isinstance(table, Table) else ()),
    "pick": _pick,
    "omit": _omit,
    "set": _set,
    "unset": _unset,
    "merge": _merge,
    "mergeOverwrite": _overwrite,
    "deepCopy": lambda value: Table(dict(value.pairs), value.places) if isinstance(value, Table) else value,
    "required": _required,
    "fail": _fail,
    "lookup": lambda *_: EMPTY,
    "toYaml": as_yaml,
    "toYamlPretty": as_yaml,
    "fromYaml": _from_yaml,
    "fromJson": _from_yaml,
    "fromYamlArray": _from_yaml,
    "fromJsonArray": _from_yaml,
    "indent": _indent,
    "nindent": _nindent,
    "kindIs": _kind_is,
    "typeIs": _kind_is,
    "kindOf": lambda value: Said(kinds([value])[0]),
    "typeOf": lambda value: Said(kinds([value])[0]),
}

Method = Callable[[Callable[[str], str], Sequence[Value]], Value]


def method(chain: Chain) -> Method | None:
    """A method of a built-in object, such as ``.Capabilities.APIVersions.Has``; None for plain fields."""
    return _METHODS.get(chain.fields[-2:] if len(chain.fields) > 1 else ())


def _has_api(_read: Callable[[str], str], arguments: Sequence[Value]) -> Value:
    wanted = text(arguments[0]) if arguments else ""
    group = "/".join(wanted.split("/")[:2])
    there = wanted.partition("/")[0] in _OPERATORS
    return Said(there or wanted in _BUILT_IN or group in _BUILT_IN or group in _BUILT_IN_GROUPS)


def _file(read: Callable[[str], str], arguments: Sequence[Value]) -> Value:
    return Said(read(text(arguments[0])) if arguments else "")


def _lines(read: Callable[[str], str], arguments: Sequence[Value]) -> Value:
    return of_data(text(_file(read, arguments)).split("\n"))


def _globbed(_read: Callable[[str], str], _arguments: Sequence[Value]) -> Value:
    raise UnknownError("files taken by a pattern")


_METHODS: Mapping[tuple[str, ...], Method] = {
    ("APIVersions", "Has"): _has_api,
    ("Files", "Get"): _file,
    ("Files", "GetBytes"): _file,
    ("Files", "Lines"): _lines,
    ("Files", "Glob"): _globbed,
    ("Files", "AsConfig"): _globbed,
    ("Files", "AsSecrets"): _globbed,
}
