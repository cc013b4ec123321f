"""Where bundles are kept: a folder, or an object store. Puts a bundle once and never over another; fetches; lists."""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from releasekit.archive.layout import BAGIT, Bundle, paths_problems
from releasekit.archive.zipping import LARGEST, MOST, pack, unpack
from releasekit.errors import InputError, RefusedError
from releasekit.record.files import sync_folder, write_through
from releasekit.record.place import Folder, Place, at
from releasekit.sources import buckets
from releasekit.sources.buckets import is_address

_TAIL = ".zip"
_NEVER = "a bundle is never overwritten"


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle in a listing: its address, its size in bytes, when it was put there (RFC 3339, UTC)."""

    address: str
    name: str
    size: int
    at: str


def is_bundle(text: str) -> bool:
    """Whether a text names a bundle rather than a run: an address, a zip file, or a folder that is a bag."""
    return is_address(text) or (text.endswith(_TAIL) and Path(text).is_file()) or (Path(text) / BAGIT).is_file()


def put(bundle: Bundle, address: str, *, unpacked: bool = False) -> str:
    """Keep a bundle at an address, as NAME.zip, or as a folder when ``unpacked``; returns where it is now.

    Raises RefusedError when there is one of that name already, InputError for an address that cannot be used,
    SourceError when the store does not answer. Nothing is left half written.
    """
    place, name = _target(bundle.name, address, unpacked=unpacked)
    where = place.below(name).name
    try:
        if unpacked:
            _put_folder(bundle, Path(where))
        else:
            place.create(name, pack(bundle.name, bundle.files))
    except FileExistsError:
        same = not unpacked and place.read(name) == pack(bundle.name, bundle.files)
        which = "" if unpacked else ", the same one" if same else ", another one"
        raise RefusedError(f"{where} is there already{which}: {_NEVER}") from None
    except OSError as error:
        raise InputError(f"the bundle cannot be written: {error.strerror or error}", where) from None
    return where


def refuse_taken(name: str, address: str, *, unpacked: bool = False) -> None:
    """See whether ``put`` would find its place free, before the work is done. Raises as ``put`` does."""
    place, target = _target(name, address, unpacked=unpacked)
    if place.holds(target):
        raise RefusedError(f"{place.below(target).name} is there already: {_NEVER}")


def get(address: str) -> Bundle:
    """The bundle at an address, a zip file or a folder. Raises InputError where there is none, SourceError."""
    if is_address(address):
        parent, _, name = address.rpartition("/")
        raw = at(parent).read(name)
        if raw is None:
            raise InputError("there is no such bucket or object", address)
        return _named(unpack(raw), name)
    path = Path(address)
    if path.is_dir():
        return _read_folder(path)
    raw = Folder(path.parent).read(path.name)
    if raw is None:
        raise InputError("the bundle cannot be read: No such file or directory", address)
    return _named(unpack(raw), path.name)


def listed(address: str) -> list[Kept]:
    """The bundles at an address and below it, by name. Raises InputError, SourceError."""
    place = at(address)
    if isinstance(place, Folder) and not place.path.is_dir():
        raise InputError("there is no such folder", address)
    found = _below(place.path) if isinstance(place, Folder) else _objects(address)
    return sorted(found, key=lambda one: (one.name, one.address))


def _target(name: str, address: str, *, unpacked: bool) -> tuple[Place, str]:
    """Where a bundle would be kept, and as what."""
    place = at(address)
    if unpacked and not isinstance(place, Folder):
        raise InputError("a bundle in an object store is one file", address, "leave --unpacked out")
    if isinstance(place, Folder) and place.path.exists() and not place.path.is_dir():
        raise InputError("this is a file, and bundles need a folder", address)
    return place, name if unpacked else name + _TAIL


def _below(folder: Path) -> Iterator[Kept]:
    """Zip files and bags at any depth, as in a store; nothing hidden, no link, and nothing within a bag."""
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        if BAGIT in names:
            folders.clear()
            yield _kept(here, sum(one.stat().st_size for one in here.rglob("*") if one.is_file()))
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (here / name for name in names if name.endswith(_TAIL) and not name.startswith(".")):
            if path.is_file() and not path.is_symlink():
                yield _kept(path, path.stat().st_size)


def _kept(path: Path, size: int) -> Kept:
    when = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Kept(str(path), path.name.removesuffix(_TAIL), size, when.replace("+00:00", "Z"))


def _objects(address: str) -> Iterator[Kept]:
    for one in buckets.listed(address):
        if one.name.endswith(_TAIL):
            name = one.name.rsplit("/", 1)[-1].removesuffix(_TAIL)
            yield Kept(f"{address.rstrip('/')}/{one.name}", name, one.size, one.at)


def _named(bundle: Bundle, name: str) -> Bundle:
    """A zip that was given another name than the folder in it is another's, or was renamed: it says so."""
    if bundle.name and name != bundle.name + _TAIL:
        said = f"the file is called {name!r}, and the bundle in it {bundle.name!r}"
        return Bundle(bundle.name, bundle.files, (*bundle.problems, said))
    return bundle


def _put_folder(bundle: Bundle, target: Path) -> None:
    if os.path.lexists(target):  # a rename would replace an empty folder
        raise FileExistsError
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        for path, data in bundle.files.items():
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            write_through(aside / path, data)
        aside.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _read_folder(folder: Path) -> Bundle:
    """The files below a folder; links and special files are problems, and are not followed."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    left, count = LARGEST, 0
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders.sort()
        problems += [f"{(here / name).relative_to(folder)} is a link" for name in folders if (here / name).is_symlink()]
        for name in sorted(names):
            path = here / name
            shown = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file():
                problems.append(f"{shown} is a link or a special file")
                continue
            left, count = left - path.stat().st_size, count + 1
            if left < 0 or count > MOST:
                raise InputError(f"this holds more than {LARGEST >> 20} MB or {MOST} files", str(folder))
            try:
                files[shown] = path.read_bytes()
            except OSError as error:
                problems.append(f"{shown} cannot be read: {error.strerror}")
    if not files and not problems:
        raise InputError("this folder is empty", str(folder))
    return Bundle(folder.resolve().name, files, (*problems, *paths_problems(files)))
