"""A place where records, boards and bundles are kept: a folder, or a prefix of an object store. Opens none of them."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from releasekit.errors import InputError
from releasekit.record import files
from releasekit.sources import buckets
from releasekit.sources.buckets import LARGEST

# what a browser shows instead of saving it; whatever else is kept is bytes, so that nobody's report becomes a page
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
}


class Place(Protocol):
    """What both kinds do. A value: it holds no connection and no credentials, and may be sent to another machine."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def below(self, *names: str) -> "Place":
        """The place of this path below it."""

    def way_to(self, folder: Path) -> str:
        """The relative path from here to a folder; "" where there is none, or it would spell the whole path."""

    def usable(self) -> None:
        """See that something can be kept here, or say why not. Raises InputError, SourceError."""

    def working(self, index: str) -> AbstractContextManager[Path]:
        """A folder of this machine to work in, which has the last name of the place.

        What stands in the folder of the file ``index`` at the end is kept beside what `write` writes, and that file is
        there at the start as it was kept the last time. Raises InputError, SourceError.
        """

    def write(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Write one set of files, the last of them last, and say where each is. Raises InputError, SourceError."""

    def create(self, name: str, raw: bytes) -> str:
        """Write one file where none is, whole or not at all, and say where it is. Raises FileExistsError too."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none. Raises InputError for one that is too large, SourceError."""

    def holds(self, name: str) -> bool:
        """Whether there is something of that name. Raises InputError, SourceError."""


def at(text: str) -> Place:
    """The place that a person means: an address such as ``s3://BUCKET/PREFIX``, else a folder.

    Raises InputError for an address that holds credentials.
    """
    return Bucket(text) if buckets.is_address(text) else Folder(Path(text))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine."""

    path: Path

    @property
    def name(self) -> str:
        """Its path, as it was given."""
        return str(self.path)

    def below(self, *names: str) -> "Folder":
        """A folder further below."""
        return Folder(self.path.joinpath(*names))

    def way_to(self, folder: Path) -> str:
        """As `Place.way_to`."""
        here, there = self.path.resolve(), folder.resolve()
        shared = Path(os.path.commonpath([here, there]))
        return os.path.relpath(there, here) if len(shared.parts) > 1 else ""

    def usable(self) -> None:
        """Make it, and see that it can be written."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError("this is a file, and records need a folder", self.name, "choose another with --out")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"the folder cannot be made: {error.strerror}", self.name, "choose another with --out"
            ) from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise InputError("the folder cannot be written", self.name, "choose another with --out")

    @contextmanager
    def working(self, index: str) -> Iterator[Path]:  # noqa: ARG002 - it stands where it is kept
        """The folder itself."""
        files.writable(self.path)
        yield self.path

    def write(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """As `files.write_set`: all or none."""
        return tuple(map(str, files.write_set(self.path, texts)))

    def create(self, name: str, raw: bytes) -> str:
        """Written aside and on disk first."""
        target = self.path / name
        files.create(target, raw)
        return str(target)

    def read(self, name: str) -> bytes | None:
        """As `Place.read`."""
        path = self.path / name
        try:
            with path.open("rb") as file:
                raw = file.read(LARGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"this cannot be read: {error.strerror}", str(path)) from None
        if len(raw) > LARGEST:
            raise InputError(f"this is larger than {LARGEST >> 20} MB", str(path))
        return raw

    def holds(self, name: str) -> bool:
        """A file, a folder or a link that leads nowhere."""
        return os.path.lexists(self.path / name)


@dataclass(frozen=True, slots=True)
class Bucket:
    """An address in an object store. Each object is whole or absent, and a set is whole when its last one is there."""

    address: str

    @property
    def name(self) -> str:
        """The address."""
        return self.address

    def below(self, *names: str) -> "Bucket":
        """A longer address."""
        return Bucket("/".join((self.address.rstrip("/"), *names)))

    def way_to(self, folder: Path) -> str:  # noqa: ARG002 - no path leads from there to a machine
        """None."""
        return ""

    def usable(self) -> None:
        """See that it can be listed, written and read."""
        buckets.see(self.address)

    @contextmanager
    def working(self, index: str) -> Iterator[Path]:
        """A private folder, gone afterwards."""
        before = self.read(index)
        with tempfile.TemporaryDirectory(prefix="releasekit-", ignore_cleanup_errors=True) as name:
            folder = Path(name) / self.address.rstrip("/").rpartition("/")[2]
            folder.mkdir()
            if before is not None:
                (folder / index).parent.mkdir()
                (folder / index).write_bytes(before)
            yield folder
            self._put_beside(folder, index)

    def _put_beside(self, folder: Path, index: str) -> None:
        beside = (folder / index).parent
        if not (folder / index).is_file():
            return
        found = {path.relative_to(folder).as_posix(): path for path in sorted(beside.iterdir())}
        plain = {name: path for name, path in found.items() if path.is_file() and not path.is_symlink()}
        plain[index] = plain.pop(index)  # the last, since it names the others
        buckets.put(self.address, plain)

    def write(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """One after the other."""
        kinds = {name: _KINDS[Path(name).suffix] for name in texts if Path(name).suffix in _KINDS}
        buckets.put(self.address, {name: text.encode() for name, text in texts.items()}, kinds)
        return tuple(self.below(name).address for name in texts)

    def create(self, name: str, raw: bytes) -> str:
        """With the store's own condition."""
        buckets.create(self.address, name, raw)
        return self.below(name).address

    def read(self, name: str) -> bytes | None:
        """As `buckets.get`."""
        return buckets.get(self.address, name)

    def holds(self, name: str) -> bool:
        """As `buckets.holds`."""
        return buckets.holds(self.address, name)
