"""Which cells are those of the notebook that comes with releasekit. Knows no run and no output."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from releasekit.record.resources import NOTEBOOK, find

INJECTED = "injected-parameters"  # Papermill's tag of the cell in which it says what it was given


def is_shipped(cell: Mapping[str, Any]) -> bool:
    """Whether a cell says what one of our notebook does, to the letter; its outputs and its tags are not looked at."""
    return (str(cell.get("cell_type")), source(cell)) in _shipped()


def has_others(notebook: Mapping[str, Any]) -> bool:
    """Whether somebody's own cells stand in a notebook."""
    return any(
        source(cell) and not is_shipped(cell) and INJECTED not in tags(cell) for cell in notebook.get("cells") or ()
    )


def source(cell: Mapping[str, Any]) -> str:
    """The text of a cell."""
    said = cell.get("source") or ""
    return ("".join(map(str, said)) if isinstance(said, list) else str(said)).strip()


def tags(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """The tags of a cell."""
    found = (cell.get("metadata") or {}).get("tags")
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


@lru_cache(maxsize=1)
def _shipped() -> frozenset[tuple[str, str]]:
    cells = json.loads(find(NOTEBOOK).read_text(encoding="utf-8"))["cells"]
    return frozenset((str(cell["cell_type"]), source(cell)) for cell in cells)
