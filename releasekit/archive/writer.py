"""What in a bundle is of the releasekit that writes it: its version and build, and its own files. Knows no run."""

import json
import platform
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from releasekit.archive import layout
from releasekit.record.resources import NOTEBOOK, PACKAGE, find
from releasekit.run.versions import packages

_OF_US = frozenset({".py", ".css", ".js", ".yaml", ".txt"})


def writer() -> dict[str, Any]:
    """Our version and build, Python's, and the versions of everything that releasekit stands on here."""
    return {
        "tool": metadata.version("releasekit"),
        "build": build(),
        "python": platform.python_version(),
        "tools": packages(),
    }


@lru_cache(maxsize=1)
def build() -> str:
    """A digest over our own files: two installations with the same write the same texts."""
    paths = sorted(path for path in PACKAGE.rglob("*") if path.suffix in _OF_US and path.is_file())
    whole = sha256()
    named = {path.relative_to(PACKAGE).as_posix(): path for path in paths}  # in a wheel, share/ holds the notebooks too
    for name, path in {**named, f"share/{NOTEBOOK}": find(NOTEBOOK)}.items():
        if not name.startswith("share/parameters/"):
            whole.update(f"{sha256(path.read_bytes()).hexdigest()}  {name}\n".encode())
    return whole.hexdigest()


def own_files() -> dict[str, bytes]:
    """The files of a bundle that are the same in each: how to verify it, and the notebook before it ran."""
    return {
        layout.HOW: Path(__file__).with_name("VERIFY.txt").read_bytes(),
        layout.TEMPLATE: layout.as_json(template()),
    }


def template() -> dict[str, Any]:
    """The notebook that comes with releasekit, without outputs."""
    notebook: dict[str, Any] = json.loads(find(NOTEBOOK).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return notebook
