"""From a path that a person typed to text: what may be opened, how much, in which encoding. Knows no YAML."""

import errno
import os
import stat
import unicodedata
from pathlib import Path

from releasekit.errors import InputError, Problem

SIZE = 1 << 20
# they change the order or the look of what follows, so that a file does not say what it shows (CVE-2021-42574)
UNSEEN = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
_KINDS = (
    (stat.S_ISDIR, "is a folder", "give the parameter file in it"),
    (stat.S_ISFIFO, "is a pipe", "write it to a file and give that"),
    (stat.S_ISSOCK, "is a socket", "give a file"),
    (stat.S_ISCHR, "is a device", "give a file"),
    (stat.S_ISBLK, "is a device", "give a file"),
)
_REASONS = {
    errno.ENOENT: ("there is no such file", "check the path; `releasekit init REPO -o FILE` writes a new one"),
    errno.ENOTDIR: ("there is no such file: a part of its path is no folder", "check the path"),
    errno.ELOOP: ("is a symbolic link", "give the file that it points to"),
    errno.EACCES: ("may not be read by you", "change its permissions, or run as somebody who may"),
    errno.ENAMETOOLONG: ("has a name that is too long", "check the path"),
    errno.EISDIR: ("is a folder", "give the parameter file in it"),
    errno.ENXIO: ("is a socket", "give a file"),
}


def open_text(path: Path, shown: str) -> str:
    """The text of a regular file of at most 1 MiB, UTF-8, without a byte order mark.

    Raises InputError with ``shown`` as its place: not there, no regular file, a symbolic link, too large, not UTF-8.
    """
    try:
        raw = _bytes(path, shown)
    except OSError as error:
        what, do = _REASONS.get(error.errno or 0, (f"cannot be read: {error.strerror}", "check the path"))
        raise InputError(what, shown, do) from None
    except ValueError:  # a NUL in the path
        raise InputError("is no path of a file", shown, "check the path") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("is UTF-16 text", shown, "save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8 text", f"{shown}:{line}", "save it as UTF-8") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError("is not text: it has NUL bytes", f"{shown}:{line}", "give a YAML file")
    return text.replace("\r\n", "\n")


def unseen(text: str, shown: str) -> list[Problem]:
    """A problem for each line with characters that are not seen and change what is."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if hidden := sorted(UNSEEN.intersection(line)):
            named = ", ".join(f"U+{ord(character):04X} {unicodedata.name(character)}" for character in hidden)
            found.append(Problem(f"a character that is not seen: {named}", f"{shown}:{number}", "delete it"))
    return found


def _bytes(path: Path, shown: str) -> bytes:
    # non-blocking, so that opening a pipe without a writer returns
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        status = os.fstat(file.fileno())
        for is_kind, what, do in _KINDS:
            if is_kind(status.st_mode):
                raise InputError(what, shown, do)
        raw = file.read(SIZE + 1)
    if len(raw) > SIZE:
        raise InputError("is larger than 1 MiB", shown, "a parameter file is a few hundred lines; check the path")
    return raw
