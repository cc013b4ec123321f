"""Objects of an object store below an address: put, got, listed; its errors in words. Knows nothing of what is in them.

An address is what obstore reads: ``s3://BUCKET/PREFIX``, ``gs://...``, ``az://ACCOUNT/CONTAINER/...``. Who may do what
there comes from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...), never from an address.
"""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from releasekit.errors import InputError, SourceError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_SAVED = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
LARGEST = 1 << 30  # bytes of an object
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")  # where one is http://, that was asked for
_CREDENTIALS = "see the credentials in the environment"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Listed:
    """An object: its name below the address, its size in bytes, when it was put there (RFC 3339, UTC)."""

    name: str
    size: int
    at: str


def is_address(text: str) -> bool:
    """Whether a text is an address of an object store, and not a path."""
    return bool(_ADDRESS.match(text))


def put(address: str, objects: Mapping[str, bytes | Path], kinds: Mapping[str, str] | None = None) -> None:
    """Put objects, given as bytes or as files, in their order; what is there already is replaced, each of them whole.

    ``kinds``: the media types that a browser is told; what has none is for saving, whatever a server guesses it is.
    Raises InputError, SourceError.
    """
    with _asking(address):
        import obstore

        store = _store(address)
        for name, raw in objects.items():
            kind = (kinds or {}).get(name)
            about: Any = {"Content-Type": kind} if kind else _SAVED
            obstore.put(store, name, raw, attributes=about, use_multipart=False)


def create(address: str, name: str, raw: bytes) -> None:
    """Put one object where none is. Raises FileExistsError when there is one; InputError, SourceError."""
    with _asking(address):
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        store = _store(address)
        if _is_there(store, name):  # some servers take no notice of the condition below
            raise FileExistsError(name)
        try:
            obstore.put(store, name, raw, mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            raise FileExistsError(name) from None


def get(address: str, name: str) -> bytes | None:
    """The bytes of an object; None where there is none. Raises InputError for one larger than LARGEST, SourceError."""
    with _asking(address):
        import obstore
        from obstore.exceptions import NotFoundError

        try:
            found = obstore.get(_store(address), name)
            if found.meta["size"] > LARGEST:
                raise InputError(f"this is larger than {LARGEST >> 20} MB", f"{address.rstrip('/')}/{name}")
            return bytes(found.bytes())
        except (NotFoundError, FileNotFoundError):
            return None


def holds(address: str, name: str) -> bool:
    """Whether there is such an object. Raises InputError, SourceError."""
    with _asking(address):
        return _is_there(_store(address), name)


def listed(address: str) -> Iterator[Listed]:
    """All objects below the address. Raises InputError, SourceError."""
    with _asking(address):
        import obstore

        for batch in obstore.list(_store(address)):
            for one in batch:
                at = one["last_modified"].astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
                yield Listed(one["path"], one["size"], at)


def see(address: str) -> None:
    """See that objects can be listed, put and got there, or say why not. Raises InputError, SourceError.

    The object that is put for it is removed again; where that is not allowed, it stays, and is empty.
    """
    with _asking(address):
        import obstore
        from obstore.exceptions import BaseError

        store = _store(address)
        next(iter(obstore.list(store, chunk_size=1)), None)  # a server may make a bucket that something is put into
        name = f".releasekit-{secrets.token_hex(4)}"
        obstore.put(store, name, b"", use_multipart=False)
        obstore.get(store, name)
        with suppress(BaseError, OSError):
            obstore.delete(store, name)


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
        raise SourceError("the store refuses access", address, _CREDENTIALS) from None
    except exceptions.BaseError as error:
        raise _in_words(error, address) from None


def _in_words(error: Exception, address: str) -> InputError | SourceError:
    """What obstore has no kind of its own for, as where it lists."""
    said = str(error)
    if "NoSuchBucket" in said:
        return InputError("there is no such bucket", address)
    if "status code: 403" in said or "status code: 401" in said:
        return SourceError("the store refuses access", address, _CREDENTIALS)
    silent = "error sending request" in said
    what = "the store does not answer" if silent else f"the store did not do it ({type(error).__name__})"
    return SourceError(what, address, "see whether it answers, and its address and credentials in the environment")


def _store(address: str) -> "ObjectStore":
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    if "@" in address or urlsplit(address).query:
        raise InputError("an address holds no credentials", do="they belong into the environment")
    kind = urlsplit(address).scheme
    # buckets with object lock take nothing without a check sum
    config: Any = {"checksum_algorithm": "SHA256"} if kind in ("s3", "s3a") else None
    asked = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS)
    plain: Any = {"allow_http": True} if asked else None
    retry: Any = {"max_retries": 3, "retry_timeout": _patience()}
    try:
        return from_url(address, config=config, client_options=plain, retry_config=retry)
    except BaseError:
        raise InputError("this address cannot be read", address, "such as s3://BUCKET/PREFIX") from None


def _patience() -> Any:
    from datetime import timedelta

    return timedelta(seconds=60)


def _is_there(store: "ObjectStore", name: str) -> bool:
    import obstore
    from obstore.exceptions import NotFoundError

    try:
        obstore.head(store, name)
    except (NotFoundError, FileNotFoundError):
        return False
    return True
