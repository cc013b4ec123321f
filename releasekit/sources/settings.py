"""The names of the settings that an environment has: from a file of names, an environment file, or kubectl's JSON.

Values are read over and kept nowhere.
"""

import re

from releasekit.errors import SourceError
from releasekit.sources.strictjson import keys, load

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*(?:=(?P<value>.*))?")


def names(raw: bytes, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """(names that are set, names that are there and empty). Raises SourceError for anything else.

    kubectl: ``get configmap,secret -o json``, one object or a List; names are those under ``data``, ``stringData``
    and ``binaryData``. Text: one ``NAME`` or ``NAME=value`` a line, # for comments.
    """
    if raw.lstrip()[:1] in {b"{", b"["}:
        return _objects(load(raw, name), name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("not UTF-8 text", name, "write one name a line") from None
    found: set[str] = set()
    empty: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise SourceError("a line that is no name", f"{name}:{number}", "write NAME or NAME=value")
        value = match["value"]
        (empty if value is not None and not value.strip().strip("\"'") else found).add(match["name"])
    return frozenset(found), frozenset(empty - found)


def _objects(data: object, name: str) -> tuple[frozenset[str], frozenset[str]]:
    objects = data.get("items") if isinstance(data, dict) and "items" in data else [data]
    if not isinstance(objects, list) or not all({"kind", "metadata"} <= keys(one) for one in objects):
        raise SourceError("no objects of Kubernetes", name, "write it: kubectl get configmap,secret -o json")
    found: set[str] = set()
    empty: set[str] = set()
    for one in objects:
        for part in ("data", "stringData", "binaryData"):
            values = one.get(part) or {}
            if not isinstance(values, dict):
                raise SourceError(f"its {part} is no mapping", name, "write it: kubectl get configmap,secret -o json")
            for key, value in values.items():
                (found if value else empty).add(key)
    return frozenset(found), frozenset(empty - found)
