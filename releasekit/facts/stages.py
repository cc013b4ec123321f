"""Which stage of a deployment a path or a name speaks of: production, or one before it. Folder and file names only."""

import fnmatch
import re

from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.syntax.expression import Expression

_PRODUCTION = Expression(r"(?:^|[^a-z])(?:prod|production|prd|live)(?:[^a-z]|$)", re.IGNORECASE)
_EARLIER = Expression(r"(?:^|[/._-])(?:staging|stage|stg|uat|preview|pre-?prod(?:uction)?)(?:[/._-]|$)", re.IGNORECASE)


def is_earlier(path: str) -> bool:
    """Whether a path is for a stage before production; development and tests are told by `places`."""
    return bool(_EARLIER.search(path))


def is_production(text: str) -> bool:
    """Whether a path or a name says that it is production."""
    return bool(_PRODUCTION.search(text)) and not is_earlier(text)


def is_chosen(files: Files, path: str) -> bool:
    """Whether the person named this file as one of production."""
    return any(fnmatch.fnmatchcase(path, glob) or path.startswith(glob.rstrip("/") + "/") for glob in files.chosen)


def left_out(files: Files, path: str) -> bool:
    """Whether a deployment file is no part of production, by its place; what the person chose always is."""
    return bool(aside(path) or is_earlier(path)) and not is_chosen(files, path)
