"""The versions of what a run is made with, on the machine where it begins. Knows no run."""

import platform
import re
import sqlite3
from functools import lru_cache
from importlib import metadata
from typing import Any

from releasekit.sources.git import installed

_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


@lru_cache(maxsize=1)
def made_with() -> dict[str, Any]:
    """releasekit, Python, the system, git ("" where there is none), SQLite, and the packages that we require."""
    return {
        "releasekit": metadata.version("releasekit"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "git": installed(),
        "sqlite": sqlite3.sqlite_version,
        "packages": packages(),
    }


def packages() -> dict[str, str]:
    """The versions of the packages that releasekit requires, as they are installed here."""
    wanted = metadata.requires("releasekit") or []
    names = sorted({found[0] for text in wanted if (found := _REQUIREMENT.match(text))})
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # an extra that is not installed was not used
    return versions
