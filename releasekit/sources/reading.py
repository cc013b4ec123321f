"""Notes the bytes that sources read while one question is answered, for whoever keeps them. Keeps nothing itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Raw:
    """A file or an answer as it came: ``source`` is the file's name or the address without its query."""

    source: str
    raw: bytes
    sha256: str


_read: ContextVar[list[Raw] | None] = ContextVar("releasekit_read", default=None)


@contextmanager
def noting() -> Iterator[list[Raw]]:
    """Whatever this thread reads until the block ends, each once, in the order in which it was read."""
    found: list[Raw] = []
    token = _read.set(found)
    try:
        yield found
    finally:
        _read.reset(token)


def note(source: str, raw: bytes, digest: str) -> None:
    """Say that this was read; nothing where nobody notes."""
    found = _read.get()
    if found is not None and not any(one.source == source and one.sha256 == digest for one in found):
        found.append(Raw(source, raw, digest))


def shared(call: Callable[[A], B]) -> Callable[[A], B]:
    """The same call for other threads: what they read is noted where this thread notes."""
    found = _read.get()

    def run(given: A) -> B:
        token = _read.set(found)
        try:
            return call(given)
        finally:
            _read.reset(token)

    return run


def whole(digests: list[str]) -> str:
    """One digest for what was read: of one file its SHA-256, of several that of their digests; "" of none."""
    if len(digests) < 2:
        return "".join(digests)
    return sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()
