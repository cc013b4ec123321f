"""Writes files into a folder, as one set or one alone: aside and on disk first. Knows nothing of what is in them."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from releasekit.errors import InputError


def write_set(folder: Path, files: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write ``files`` (name to content) into ``folder``, made if need be, and return their paths in the same order.

    Every file is written under another name and flushed to disk before the first is renamed, so that a full disk or a
    kill leaves the earlier set whole; only a kill between two renames can mix two whole sets. Raises InputError when
    the folder cannot be written.
    """
    tail = f".{secrets.token_hex(4)}.part"
    aside = {folder / name: folder / f".{name}{tail}" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for (path, part), content in zip(aside.items(), files.values(), strict=True):
            if path.is_dir():
                raise IsADirectoryError(21, "there is a folder of that name", str(path))
            _write(part, content)
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
    write_set(folder, {f".try-{secrets.token_hex(4)}": ""})[0].unlink()


def write_through(path: Path, raw: bytes) -> None:
    """Write a new file, on disk when this returns. Raises OSError."""
    with path.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in it are on disk when this returns. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: str | bytes) -> None:
    write_through(path, content.encode() if isinstance(content, str) else content)


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # a folder that cannot be written could not be written into either
        return
