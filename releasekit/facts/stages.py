"""Which stage of a deployment a path or a name speaks of: production, or one before it. Folder and file names only."""

import re

_PRODUCTION = re.compile(r"(?:^|[^a-z])(?:prod|production|prd|live)(?:[^a-z]|$)", re.IGNORECASE)
_EARLIER = re.compile(r"(?:^|[/._-])(?:staging|stage|stg|uat|preview|pre-?prod(?:uction)?)(?:[/._-]|$)", re.IGNORECASE)


def is_earlier(path: str) -> bool:
    """Whether a path is for a stage before production; development and tests are told by `places`."""
    return bool(_EARLIER.search(path))


def is_production(text: str) -> bool:
    """Whether a path or a name says that it is production."""
    return bool(_PRODUCTION.search(text)) and not is_earlier(text)
