"""The operator's own notebooks, as they lie beside a run's record: kept as they are, executed by nobody."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Any

from releasekit.archive import layout
from releasekit.parameters.scrubbing import Scrubber
from releasekit.record.bind import WALKTHROUGH
from releasekit.record.make import NAMES

LARGEST = 64 << 20  # a notebook with its plots


def own(record: Path | None, ours: Mapping[str, Any], scrubber: Scrubber) -> dict[str, bytes]:
    """The walkthrough, and what was executed last if it has cells that ``ours`` has not, by their paths in the bundle.

    A file that is no notebook is kept too, as the text that it is. What is a link or no file is not read.
    """
    found: dict[str, bytes] = {}
    for name, path in ((WALKTHROUGH, layout.OWN), (NAMES[0], layout.OPERATED)):
        raw = _read(record / name) if record else None
        if raw is None:
            continue
        notebook = _notebook(raw)
        if path == layout.OPERATED and notebook is not None and not (set(_cells(notebook)) - set(_cells(ours))):
            continue  # the record's notebook, which the bundle has as executed from the whole log
        found[path] = _scrubbed(raw, notebook, scrubber)
    return found


def _scrubbed(raw: bytes, notebook: Mapping[str, Any] | None, scrubber: Scrubber) -> bytes:
    if notebook is None:
        return scrubber.text(raw.decode("utf-8", "replace")).encode()
    return (json.dumps(scrubber.data(notebook), indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _notebook(raw: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("cells"), list) else None


def _cells(notebook: Mapping[str, Any]) -> Iterator[str]:
    """What people wrote into cells; what was injected, and what is empty, is nobody's."""
    for cell in notebook["cells"]:
        if not isinstance(cell, dict):
            continue
        metadata = cell.get("metadata")
        tags = metadata.get("tags") if isinstance(metadata, dict) else ()
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if text.strip() and not (isinstance(tags, list) and "injected-parameters" in tags):
            yield text.strip()


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        return file.read() if S_ISREG(status.st_mode) and status.st_size <= LARGEST else None
