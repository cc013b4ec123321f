"""Writes files into a folder, as one set or one alone: aside and on disk first. Knows nothing of what is in them."""

import fcntl
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from glob import escape
from pathlib import Path
from typing import IO

from releasekit.errors import InputError

_TRY = ".try"


def write_set(folder: Path, files: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write ``files`` (name to content) into ``folder``, made if need be, and return their paths in the same order.

    Every file is written under another name and flushed to disk before the first is renamed, so that a full disk or a
    kill leaves the earlier set whole; only a kill between two renames can mix two whole sets. What a kill left aside
    is cleared away by the next who writes. Raises InputError when the folder cannot be written.
    """
    tail = f".{secrets.token_hex(4)}.part"
    aside = {folder / name: folder / f".{name}{tail}" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder, files)
        with ExitStack() as writing:
            for (path, part), content in zip(aside.items(), files.values(), strict=True):
                if path.is_dir():
                    raise IsADirectoryError(21, "there is a folder of that name", str(path))
                _write(writing.enter_context(_mine(part)), content)
            for path, part in aside.items():
                part.replace(path)
        sync_folder(folder)
    except OSError as error:
        raise InputError(
            f"the record cannot be written: {error.strerror or error}", str(folder), "choose another folder with --out"
        ) from error
    finally:
        for part in aside.values():
            _forget(part)
    return tuple(aside)


def create(path: Path, raw: bytes) -> None:
    """Write one file where none is: aside and on disk first. Raises FileExistsError, OSError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_through(aside, raw)
        os.link(aside, path)  # fails where there is one, unlike a rename
        sync_folder(path.parent)
    finally:
        _forget(aside)


def writable(folder: Path) -> None:
    """Make the folder, and see that a file can be written there. Raises InputError, as `write_set` would later."""
    write_set(folder, {_TRY: ""})[0].unlink(missing_ok=True)  # of one name, so that what a kill leaves is cleared away


def write_through(path: Path, raw: bytes) -> None:
    """Write a new file, on disk when this returns. Raises OSError."""
    with path.open("xb") as file:
        _write(file, raw)


def sync_folder(folder: Path) -> None:
    """The names in it are on disk when this returns. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(file: IO[bytes], content: str | bytes) -> None:
    file.write(content.encode() if isinstance(content, str) else content)
    file.flush()
    os.fsync(file.fileno())


def _mine(part: Path) -> IO[bytes]:
    """A new file that is locked while it is open: nobody takes it for one that a killed process left."""
    while True:
        file = part.open("xb")
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # it was cleared away before it was locked


def _clear(folder: Path, names: Iterable[str]) -> None:
    for left in (part for name in names for part in folder.glob(f".{escape(name)}.{'[0-9a-f]' * 8}.part")):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while somebody writes it
            left.unlink()


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # a folder that cannot be written could not be written into either
        return
