"""What counts as a version number of a project, as opposed to a placeholder. Knows no file format."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder
from releasekit.facts.model import Fact
from releasekit.syntax.expression import Expression

VERSION = Expression(r"v?\d+(\.\d+){1,3}([-.+]?[0-9A-Za-z][0-9A-Za-z.+-]*)?")
# what generators write and nobody raises
_PLACEHOLDER = Expression(
    r"v?0\.0\.0([-.+].*)?|.*(placeholder|\$\{|semantic|dynamic).*",
    re.IGNORECASE,
)
# what is written when a module is made; a project that is released is raised at its root
_UNRAISED = Expression(r"v?(?:0\.\d+(?:\.\d+)?|1\.0)-SNAPSHOT", re.IGNORECASE)


def version(path: str, line: int, value: str, how: str = "") -> Iterator[Fact]:
    """The fact that a file says this version; nothing for placeholders and for what is no version."""
    value = value.strip().strip("\"'")
    if "/" in path and _UNRAISED.fullmatch(value):
        return
    if VERSION.fullmatch(value) and not _PLACEHOLDER.fullmatch(value):
        yield Fact("version", path, value, f"{path}:{line}", how=how, scope=folder(path))
