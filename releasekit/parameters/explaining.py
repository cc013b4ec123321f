"""What pydantic found wrong with parameters, in the words of somebody who writes such a file."""

import difflib
import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from releasekit.errors import Problem
from releasekit.parameters.model import Parameters
from releasekit.parameters.screening import Keys, Place, dotted, looks_secret

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "datetime_type": "a date and time such as 2026-11-24T20:00:00Z",
}
_KINDS = ((bool, "true or false"), (int | float, "a number"), (str, "text"), (list, "a list"), (dict, "a mapping"))
Written = Callable[[Keys], str]


def explain(error: ValidationError, place: Place, written: Written, secret: set[Keys]) -> list[Problem]:
    """One problem for each of pydantic's errors; ``written`` is a scalar as it stands in the file, or "".

    The values at ``secret`` are named elsewhere and never shown.
    """
    found: dict[tuple[Keys, bool], Problem] = {}
    for detail in error.errors(include_url=False):
        keys = _written_keys(tuple(key for key in detail["loc"] if key != "[key]"))
        if detail["type"] == "extra_forbidden":
            problem = _unknown(keys, place)
        elif "[key]" in detail["loc"]:
            problem = _bad_key(keys, dict(detail), place)
        elif any(keys[:length] in secret for length in range(len(keys) + 1)):
            continue
        else:
            problem = _bad_value(keys, dict(detail), place, written)
        # a value that may be of two types is told for each of them: the last, the wider one, stands
        found[keys, "[key]" in detail["loc"]] = problem
    return list(found.values())


def _written_keys(keys: Keys) -> Keys:
    """The keys that stand in the file: pydantic adds the type to them where a value may be of several."""
    for length in range(1, len(keys)):
        kind = _type_at(keys[:length])
        if kind is None or not (_fields(kind) or get_origin(kind) in {dict, tuple}):
            return keys[:length]
    return keys


def _unknown(keys: Keys, place: Place) -> Problem:
    name, parents = str(keys[-1]), keys[:-1]
    known = list(_names(_type_at(parents)))
    where = place(keys)
    if near := nearest(name, known):
        return Problem(f"unknown key {dotted(keys)!r}", where, f"did you mean {near!r}?")
    elsewhere = [path for path in _everywhere() if path[-1] == name and path[:-1] != parents]
    if len(elsewhere) == 1:
        return Problem(f"unknown key {dotted(keys)!r}", where, f"{name!r} belongs under {dotted(elsewhere[0][:-1])!r}")
    place_of = f"under {dotted(parents)!r}" if parents else "at the top"
    return Problem(f"unknown key {dotted(keys)!r}", where, f"known {place_of}: {', '.join(known)}")


def nearest(name: str, known: list[str]) -> str:
    """The known name that is most like ``name``, or ""."""
    plain = {other.lower(): other for other in known}
    folded = name.lower().replace("-", "_").replace(" ", "_")
    begun = [other for other in plain if len(folded) > 2 and other.startswith(folded)]
    found = begun or difflib.get_close_matches(folded, plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else ""


def _bad_key(keys: Keys, detail: dict[str, Any], place: Place) -> Problem:
    name = str(keys[-1])
    choices = [str(choice) for choice in get_args(_key_type_at(keys[:-1]))]
    if detail["type"] == "literal_error":
        near = nearest(name, choices)
        do = f"did you mean {near!r}?" if near else f"known under {dotted(keys[:-1])!r}: {', '.join(choices)}"
        return Problem(f"unknown key {dotted(keys)!r}", place(keys), do)
    what, _, do = _sentence(detail).partition("; ")
    return Problem(f"the key {name!r} under {dotted(keys[:-1])} {what}", place(keys), do or "change the key")


def _bad_value(keys: Keys, detail: dict[str, Any], place: Place, written: Written) -> Problem:
    kind, value = detail["type"], detail["input"]
    example = _example(keys)
    if kind == "missing":
        return Problem(f"{dotted(keys)} is missing", place(keys), f"add it: {example}")
    if kind == "string_type" and isinstance(value, bool | int | float):
        raw = written(keys) or str(value)
        what = f"{dotted(keys)} must be text, and {raw} without quotes is {_kind(value)}"
        key = f"{keys[-1]}: " if isinstance(keys[-1], str) else ""
        return Problem(what, place(keys), f'quote it: {key}"{raw}"')
    if kind in _WANTED:
        return Problem(f"{dotted(keys)} must be {_WANTED[kind]}, not {_kind(value)}", place(keys), f"write {example}")
    what, _, do = _sentence(detail).partition("; ")
    shown = f" {_short(value)}" if isinstance(value, str | int) and not what.startswith("must be env:") else ""
    return Problem(f"{dotted(keys)}{shown} {what}", place(keys), do or f"write {example}")


def _sentence(detail: dict[str, Any]) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f"must be {context['expected']}"
        case "string_pattern_mismatch":
            return "has not the form that is wanted"
        case "too_short" | "string_too_short":
            return "must not be empty"
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
    return str(detail["msg"]).lower()


def _kind(value: object) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "nothing")


def _short(value: str | int) -> str:
    text = str(value)
    if looks_secret(text):
        return "(not shown)"
    return repr(text if len(text) <= 60 else text[:57] + "...") if isinstance(value, str) else text


def _example(keys: Keys) -> str:
    """What could stand at ``keys``, or at the key with a rule that is nearest above."""
    for length in range(len(keys), 0, -1):
        field = _fields(_type_at(keys[: length - 1])).get(str(keys[length - 1]))
        if field and field.examples:
            return f"{keys[length - 1]}: {_flow(field.examples[0])}"
    return "application: {...} and configuration: {...}"


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _bare(kind: Any) -> Any:
    """A type without Annotated and without None."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in {Union, types.UnionType}:
            kind = next(choice for choice in get_args(kind) if choice is not type(None))
        else:
            return kind


def _fields(kind: Any) -> dict[str, FieldInfo]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field.alias or name: field for name, field in kind.model_fields.items()}
    return {}


def _names(kind: Any) -> Iterator[str]:
    yield from _fields(kind)
    if kind is Parameters:
        yield "defaults"


def _step(kind: Any, key: str | int) -> Any:
    if isinstance(key, str) and key in _fields(kind):
        return _bare(_fields(kind)[key].annotation)
    if get_origin(kind) is dict:
        return _bare(get_args(kind)[1])
    if get_origin(kind) is tuple:
        return _bare(get_args(kind)[0])
    return None


def _type_at(keys: Keys) -> Any:
    kind: Any = Parameters
    for key in keys:
        kind = _step(kind, key)
    return kind


def _key_type_at(keys: Keys) -> Any:
    kind = _type_at(keys)
    key = _bare(get_args(kind)[0]) if get_origin(kind) is dict else None
    return key if get_origin(key) is Literal else None


def _everywhere() -> list[Keys]:
    """The paths of all keys that have a fixed place, the shortest first."""
    found: list[Keys] = []
    waiting: list[Keys] = [()]
    while waiting:
        parents = waiting.pop(0)
        for name in _fields(_type_at(parents)):
            found.append((*parents, name))
            waiting.append((*parents, name))
    return found
