"""The operator's own notebooks, as they lie beside a run's record: kept as they are, executed by nobody."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Any

from releasekit.archive import layout
from releasekit.parameters.scrubbing import Scrubber
from releasekit.record.bind import WALKTHROUGH
from releasekit.record.make import NAMES

_OPERATED = re.compile(r"operated(?:-([2-9]|[1-9][0-9]{1,3}))?\.ipynb")
LARGEST = 64 << 20  # a notebook with its plots


def own(record: Path | None, ours: Mapping[str, Any], scrubber: Scrubber) -> dict[str, bytes]:
    """The walkthrough, and what was executed if it has cells that ``ours`` has not, by their paths in the bundle.

    A run that is closed keeps what was executed before as operated.ipynb, with a number after the first. A file that is
    no notebook is kept too, as the text that it is. What is a link or no file is not read.
    """
    if record is None:
        return {}
    found: dict[str, bytes] = {}
    for name in (WALKTHROUGH, *_kept(record), NAMES[0]):
        raw = _read(record / name)
        if raw is None:
            continue
        notebook = _notebook(raw)
        if name == NAMES[0] and notebook is not None and not (set(_cells(notebook)) - set(_cells(ours))):
            continue  # the record's notebook, which the bundle has as executed from the whole log
        kept = _scrubbed(raw, notebook, scrubber)
        if name != NAMES[0]:
            found[layout.NOTEBOOKS + name] = kept
        elif kept not in found.values():
            found[_free(found)] = kept
    return found


def _kept(record: Path) -> list[str]:
    return sorted((path.name for path in record.glob("operated*.ipynb") if _OPERATED.fullmatch(path.name)), key=_number)


def _number(name: str) -> int:
    found = _OPERATED.fullmatch(name)
    return int(found[1] or 1) if found else 0


def _free(found: Mapping[str, bytes]) -> str:
    names = (layout.OPERATED, *(layout.OPERATED.replace(".ipynb", f"-{number}.ipynb") for number in range(2, 10_000)))
    return next(name for name in names if name not in found)


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
