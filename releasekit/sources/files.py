"""Report files that CI leaves, by glob: bytes, digest, path as the person wrote it. Reads no format."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG

from releasekit.errors import SourceError
from releasekit.sources.reading import note

LIMIT = 32 << 20


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file: ``name`` relative to the parameters' folder, its bytes, the SHA-256 of them, when it was written."""

    name: str
    raw: bytes
    sha256: str
    modified: float


def matching(folder: Path, globs: Iterable[str]) -> tuple[ReportFile, ...]:
    """The regular files that match, sorted by name; () when none does.

    Raises SourceError for a file that cannot be read or is larger than LIMIT bytes.
    """
    return tuple(_read(path, folder) for path in listed(folder, globs))


def listed(folder: Path, globs: Iterable[str]) -> tuple[Path, ...]:
    """The paths of the files that match, sorted; nothing of them is read."""
    return tuple(sorted({path for pattern in globs for path in _paths(folder, pattern)}))


def _paths(folder: Path, pattern: str) -> Iterable[Path]:
    start = Path(pattern)
    parts = start.parts
    fixed = next((n for n, part in enumerate(parts) if any(sign in part for sign in "*?[")), len(parts))
    root = folder.joinpath(*parts[:fixed])
    if fixed == len(parts):
        return [root] if root.is_file() else []
    return (path for path in root.glob("/".join(parts[fixed:])) if path.is_file())


def _read(path: Path, folder: Path) -> ReportFile:
    name = Path(os.path.relpath(path, folder)).as_posix()
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise SourceError("not a regular file", name, "name a report file")
        if status.st_size > LIMIT:
            raise SourceError(f"{status.st_size} bytes, more than the {LIMIT} that are read", name, "split the report")
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", name, "check the file's permissions") from None
    digest = sha256(raw).hexdigest()
    note(name, raw, digest)
    return ReportFile(name, raw, digest, status.st_mtime)
