"""Changelogs and the version that their newest section is for."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.syntax.expression import Expression

_NAME = Expression(
    r"(change[-_]?log|changes|history|news|release[-_]?notes|releases|whats[-_]?new)(\.(md|mdx|rst|txt|adoc|markdown))?",
    re.IGNORECASE,
)
_VERSION = r"v?\d+\.\d+(?:\.\d+)*(?:[-.+]?[0-9A-Za-z][0-9A-Za-z.+-]*)?"
# a heading (Markdown, AsciiDoc), or a line that an underline makes one (reStructuredText, Markdown)
_HEADING = Expression(
    rf"^(?:#{{1,3}}|={{1,3}})\s+(?:[\w ]{{0,20}}?\s)?[\[<(`*]*({_VERSION})(?![\w.])"
    rf"|^[\[*]*(?:Version |Release )?({_VERSION})\b"
)
_UNDERLINE = Expression(r"^[=\-~^]{3,}\s*$")
_LINES = 2_000


def detect(files: Files) -> Iterator[Fact]:
    """Changelogs of the repository and of its parts, each with the first version that stands as a heading."""
    for path in kept(files.tree.paths):
        if path.count("/") > 3 or not _NAME.fullmatch(path.rpartition("/")[2]):
            continue
        if not files.text(path).strip():
            continue
        name = path.rpartition("/")[2]
        yield Fact("changelog", path, name, f"{path}:1", how="a file with a changelog's name", scope=folder(path))
        found = _newest(files, path)
        if found:
            line, value = found
            yield Fact("version", path, value, f"{path}:{line}", scope=folder(path))


def _newest(files: Files, path: str) -> tuple[int, str] | None:
    lines = files.text(path).split("\n")[:_LINES]
    for number, line in enumerate(lines, 1):
        match = _HEADING.match(line)
        if not match:
            continue
        if match[1]:
            return number, match[1]
        if number < len(lines) and _UNDERLINE.match(lines[number]):
            return number, match[2]
    return None
