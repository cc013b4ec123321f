"""Where bundles are kept: folders and object stores. Puts a bundle once and never over another; fetches; lists.

An address is a folder, or what obstore reads: ``s3://BUCKET/PREFIX``, ``gs://...``, ``az://ACCOUNT/CONTAINER/...``. Who
may do what there comes from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...), never from an address.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from releasekit.archive.layout import BAGIT, Bundle, paths_problems
from releasekit.archive.zipping import LARGEST, MOST, pack, unpack
from releasekit.errors import InputError, RefusedError, SourceError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://")
_TAIL = ".zip"
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")  # where one is http://, that was asked for
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
    return (
        bool(_ADDRESS.match(text)) or (text.endswith(_TAIL) and Path(text).is_file()) or (Path(text) / BAGIT).is_file()
    )


def put(bundle: Bundle, address: str, *, unpacked: bool = False) -> str:
    """Keep a bundle at an address, as NAME.zip, or as a folder when ``unpacked``; returns where it is now.

    Raises RefusedError when there is one of that name already, InputError for an address that cannot be used,
    SourceError when the store does not answer. Nothing is left half written.
    """
    if _ADDRESS.match(address):
        if unpacked:
            raise InputError("a bundle in an object store is one file", address, "leave --unpacked out")
        raw = pack(bundle.name, bundle.files)
        return _put_object(address, bundle.name + _TAIL, raw)
    folder = Path(address)
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file, and bundles need a folder", address)
    target = folder / (bundle.name if unpacked else bundle.name + _TAIL)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            raise FileExistsError
        if unpacked:
            _put_folder(bundle, target)
        else:
            _put_file(pack(bundle.name, bundle.files), target)
    except FileExistsError:
        raise RefusedError(f"{target} is there already: {_NEVER}") from None
    except OSError as error:
        raise InputError(f"the bundle cannot be written: {error.strerror or error}", str(target)) from None
    return str(target)


def refuse_taken(name: str, address: str, *, unpacked: bool = False) -> None:
    """See whether ``put`` would find its place free, before the work is done. Raises as ``put`` does."""
    if _ADDRESS.match(address):
        with _asking(address):
            if _is_there(_store(address), name + _TAIL):
                raise RefusedError(f"{address.rstrip('/')}/{name}{_TAIL} is there already: {_NEVER}")
    elif os.path.lexists(target := Path(address) / (name if unpacked else name + _TAIL)):
        raise RefusedError(f"{target} is there already: {_NEVER}")


def get(address: str) -> Bundle:
    """The bundle at an address, a zip file or a folder. Raises InputError where there is none, SourceError."""
    if _ADDRESS.match(address):
        parent, _, name = address.rpartition("/")
        raw = _get_object(parent, name)
        return _named(unpack(raw), name)
    path = Path(address)
    if path.is_dir():
        return _read_folder(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"the bundle cannot be read: {error.strerror}", address) from None
    if len(raw) > LARGEST:
        raise InputError(f"this is larger than {LARGEST >> 20} MB", address, "unpack it, and verify it by VERIFY.txt")
    return _named(unpack(raw), path.name)


def listed(address: str) -> list[Kept]:
    """The bundles at an address and below it, by name. Raises InputError, SourceError."""
    if _ADDRESS.match(address):
        return sorted(_objects(address), key=lambda one: (one.name, one.address))
    folder = Path(address)
    if not folder.is_dir():
        raise InputError("there is no such folder", address)
    return sorted(_below(folder), key=lambda one: (one.name, one.address))


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
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Kept(str(path), path.name.removesuffix(_TAIL), size, at.replace("+00:00", "Z"))


def _named(bundle: Bundle, name: str) -> Bundle:
    """A zip that was given another name than the folder in it is another's, or was renamed: it says so."""
    if bundle.name and name != bundle.name + _TAIL:
        said = f"the file is called {name!r}, and the bundle in it {bundle.name!r}"
        return Bundle(bundle.name, bundle.files, (*bundle.problems, said))
    return bundle


def _put_file(raw: bytes, target: Path) -> None:
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        _write(aside, raw)
        os.link(aside, target)  # fails where there is one, unlike a rename
        _sync(target.parent)
    finally:
        aside.unlink(missing_ok=True)


def _put_folder(bundle: Bundle, target: Path) -> None:
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        for path, data in bundle.files.items():
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            _write(aside / path, data)
        aside.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(path: Path, raw: bytes) -> None:
    with path.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


# -- object stores


@contextmanager
def _asking(address: str) -> Iterator[None]:
    """obstore's errors in words. What they quote of a request may hold its signature, so only their kind is said."""
    try:
        from obstore import exceptions
    except ModuleNotFoundError:
        raise InputError(
            "object stores need obstore, which is not installed", address, "pip install 'releasekit[objectstore]'"
        ) from None
    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError):
        raise InputError("there is no such bucket or object", address) from None
    except (exceptions.UnauthenticatedError, exceptions.PermissionDeniedError, PermissionError):
        raise SourceError("the store refuses access", address, "see the credentials in the environment") from None
    except exceptions.UnknownConfigurationKeyError:
        raise InputError("this address cannot be read", address, "such as s3://BUCKET/PREFIX") from None
    except exceptions.BaseError as error:
        if "NoSuchBucket" in str(error):
            raise InputError("there is no such bucket", address) from None
        raise SourceError(
            f"the store did not do it ({type(error).__name__})",
            address,
            "see whether it answers, and its address and credentials in the environment",
        ) from None


def _store(address: str) -> "ObjectStore":
    from obstore.store import from_url

    if "@" in address or urlsplit(address).query:
        raise InputError("an address holds no credentials", do="they belong into the environment")
    kind = urlsplit(address).scheme
    # buckets with object lock take nothing without a check sum
    config: Any = {"checksum_algorithm": "SHA256"} if kind in ("s3", "s3a") else None
    plain: Any = (
        {"allow_http": True} if any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS) else None
    )
    retry: Any = {"max_retries": 3, "retry_timeout": _patience()}
    return from_url(address, config=config, client_options=plain, retry_config=retry)


def _patience() -> Any:
    from datetime import timedelta

    return timedelta(seconds=60)


def _put_object(address: str, name: str, raw: bytes) -> str:
    with _asking(address):
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        store = _store(address)
        where = f"{address.rstrip('/')}/{name}"
        try:
            if _is_there(store, name):  # some servers take no notice of the condition below
                raise FileExistsError
            obstore.put(store, name, raw, mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError, FileExistsError):
            same = sha256(_get_object(address, name)).digest() == sha256(raw).digest()
            which = "the same one" if same else "another one"
            raise RefusedError(f"{where} is there already, {which}: {_NEVER}") from None
        return where


def _is_there(store: "ObjectStore", name: str) -> bool:
    import obstore
    from obstore.exceptions import NotFoundError

    try:
        obstore.head(store, name)
    except (NotFoundError, FileNotFoundError):
        return False
    return True


def _get_object(parent: str, name: str) -> bytes:
    with _asking(f"{parent}/{name}"):
        import obstore

        store = _store(parent)
        if obstore.head(store, name)["size"] > LARGEST:
            raise InputError(f"this is larger than {LARGEST >> 20} MB", f"{parent}/{name}")
        return bytes(obstore.get(store, name).bytes())


def _objects(address: str) -> Iterator[Kept]:
    with _asking(address):
        import obstore

        for batch in obstore.list(_store(address)):
            for one in batch:
                if one["path"].endswith(_TAIL):
                    at = one["last_modified"].astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
                    name = one["path"].rsplit("/", 1)[-1].removesuffix(_TAIL)
                    yield Kept(f"{address.rstrip('/')}/{one['path']}", name, one["size"], at)
