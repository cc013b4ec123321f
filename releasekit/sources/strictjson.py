"""JSON that others wrote, read strictly (RFC 8259): repeated names and NaN are errors. Knows no format.

The standard library's reader and not `syntax.json`: reports are large, and nobody needs their line numbers.
"""

import json
from collections.abc import Sequence
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from releasekit.errors import SourceError

T = TypeVar("T", bound=BaseModel)


class Loose(BaseModel):
    """A JSON object of somebody else's format: what we do not know of it is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def load(raw: bytes, name: str) -> object:
    """Read one JSON text, with or without a byte order mark. Raises SourceError for anything else (A42)."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("utf-16")  # what PowerShell's > writes
        except UnicodeDecodeError:
            raise SourceError("not UTF-8 text", name, "write the report as UTF-8") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise SourceError("nested too deep to be a report", name, "check what wrote it") from None
    except ValueError as error:
        raise SourceError(f"not valid JSON: {error}", name, "write the report again; it may be cut off") from None


def shaped(kind: type[T], data: object, name: str, what: str) -> T:
    """The data as this format's objects. Raises SourceError that names the first field which is not as it must be."""
    try:
        return kind.model_validate(data)
    except (ValidationError, RecursionError) as error:
        where, why = "its values", "nested too deep"
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where, why = ".".join(map(str, first["loc"])) or "its top", str(first["msg"]).lower()
        raise SourceError(f"not {what}: {where}: {why}", name, "check what wrote it") from None


def keys(data: object) -> frozenset[str]:
    """The names at the top of a JSON object; none for anything else."""
    return frozenset(data) if isinstance(data, dict) else frozenset()


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the name {name[:80]!r} stands twice")
            seen.add(name)
    return found


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
