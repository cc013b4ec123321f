"""Unit files of systemd as assignments with their lines: systemd.syntax(7), whose continued lines are no shell's."""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files

_ASSIGNED = re.compile(r"(?P<key>[A-Za-z]+)\s*=\s*(?P<value>.*)")


def assignments(files: Files, path: str) -> Iterator[tuple[int, str, str]]:
    """(line, key, value), lines that end in a backslash joined; ``#`` and ``;`` begin comments, between those too."""
    held, start = "", 0
    for number, line in files.lines(path):
        if line.lstrip().startswith(("#", ";")):
            continue
        start = start if held else number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        match = _ASSIGNED.match((held + line).strip())
        held = ""
        if match:
            yield start, match["key"], " ".join(match["value"].split())
