"""A bundle as one zip file, always the same bytes, and read back only in that form. Knows nothing of what is in it.

Names sorted, one folder around them, no times but 1980, deflate or stored, sizes in the headers, nothing before,
between and after: programs that read zip files by their entries or by their directory see the same files. The
comment at the end has the SHA-256 of all before it, since packed bytes can change and unpack to the same. Format:
PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

from releasekit.archive.layout import Bundle, path_problem, paths_problems

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _MADE_BY, _DATE, _MODE = 20, (3 << 8) | 20, 0x21, 0o100644 << 16
_STORED, _DEFLATED = 0, 8
LARGEST = 1 << 30  # bytes of all files together
MOST = 10_000


class _WrongError(Exception):
    """What is wrong with the bytes, as a sentence."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    method: int
    crc: int
    packed: int
    size: int
    at: int

    def local(self) -> bytes:
        name = self.name.encode("ascii")
        numbers = (_VERSION, 0, self.method, 0, _DATE, self.crc, self.packed, self.size, len(name), 0)
        return _LOCAL.pack(b"PK\3\4", *numbers) + name

    def central(self) -> bytes:
        name = self.name.encode("ascii")
        numbers = (_MADE_BY, _VERSION, 0, self.method, 0, _DATE, self.crc, self.packed, self.size, len(name))
        return _CENTRAL.pack(b"PK\1\2", *numbers, 0, 0, 0, 0, _MODE, self.at) + name


def pack(name: str, files: Mapping[str, bytes]) -> bytes:
    """The zip of these files, in a folder ``name``. The same files give the same bytes, with the same zlib."""
    paths = sorted(files)
    with ThreadPoolExecutor() as pool:  # zlib lets other threads run
        packed = pool.map(_deflated, (files[path] for path in paths))
        pieces: list[bytes] = []
        entries: list[_Entry] = []
        at = 0
        for path, (method, crc, data) in zip(paths, packed, strict=True):
            entry = _Entry(f"{name}/{path}", method, crc, len(data), len(files[path]), at)
            pieces += [entry.local(), data]
            entries.append(entry)
            at += len(pieces[-2]) + len(data)
    body = b"".join([*pieces, _central(entries)])
    return body + _end(entries, at, body)


def unpack(raw: bytes) -> Bundle:
    """The bundle in a zip. Whatever ``pack`` would not have written is a problem, and what follows it is not read."""
    files: dict[str, bytes] = {}
    entries: list[_Entry] = []
    try:
        at = 0
        for entry, data in _entries(raw):
            files[entry.name] = data
            entries.append(entry)
            at = entry.at + len(entry.local()) + entry.packed
            if problems := tuple(paths_problems(one.name for one in entries[-1:])):
                raise _WrongError(problems[0])
        if not entries:
            raise _WrongError("is no zip file, or an empty one")
        central = _central(entries)
        end = at + len(central)
        if raw[at:end] != central:
            raise _WrongError("has a directory that says something else than its entries")
        if raw[end:] != _end(entries, at, raw[:end]):
            raise _WrongError("has another check sum at its end than its bytes have, or something after it")
        problems = (*paths_problems(entry.name for entry in entries), *_order(entries))
    except _WrongError as error:
        problems = (f"the zip {error}",)
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) != 1 or any("/" not in name for name in files):
        return Bundle("", files, problems or ("the zip has files outside of one folder",))
    (top,) = tops
    return Bundle(top, {name.removeprefix(f"{top}/"): data for name, data in files.items()}, problems)


def _deflated(data: bytes) -> tuple[int, int, bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    method, kept = (_DEFLATED, packed) if len(packed) < len(data) else (_STORED, data)
    return method, zlib.crc32(data), kept


def _central(entries: list[_Entry]) -> bytes:
    return b"".join(entry.central() for entry in entries)


def _end(entries: list[_Entry], at: int, body: bytes) -> bytes:
    said = b"sha256 " + sha256(body).hexdigest().encode()
    count = len(entries)
    return _END.pack(b"PK\5\6", 0, 0, count, count, len(body) - at, at, len(said)) + said


def _order(entries: list[_Entry]) -> Iterator[str]:
    names = [entry.name for entry in entries]
    if names != sorted(names):
        yield "the zip has its files in another order than releasekit writes them"


def _entries(raw: bytes) -> Iterator[tuple[_Entry, bytes]]:
    at, left, count = 0, LARGEST, 0
    while raw[at : at + 4] == b"PK\3\4":
        entry, start = _entry(raw, at)
        left, count = left - entry.size, count + 1
        if left < 0 or count > MOST:
            raise _WrongError(f"holds more than {LARGEST >> 20} MB or {MOST} files")
        packed = raw[start : start + entry.packed]
        if len(packed) != entry.packed:
            raise _WrongError(f"ends within {entry.name!r}")
        yield entry, _data(entry, packed)
        at = start + entry.packed


def _entry(raw: bytes, at: int) -> tuple[_Entry, int]:
    header = raw[at : at + _LOCAL.size]
    if len(header) < _LOCAL.size:
        raise _WrongError("ends within a header")
    _, _, flags, method, _, _, crc, packed, size, length, _ = _LOCAL.unpack(header)
    start = at + _LOCAL.size + length
    shown = raw[at + _LOCAL.size : start].decode("ascii", "replace")
    if problem := path_problem(shown):
        raise _WrongError(problem)
    if flags or method not in (_STORED, _DEFLATED):
        raise _WrongError(f"has {shown!r} in a form (flags {flags}, method {method}) that releasekit does not write")
    entry = _Entry(shown, method, crc, packed, size, at)
    if raw[at:start] != entry.local():
        raise _WrongError(f"has a header of {shown!r} that releasekit does not write; unpack it and verify the folder")
    return entry, start


def _data(entry: _Entry, packed: bytes) -> bytes:
    if entry.method == _STORED:
        data = packed
    else:
        reader = zlib.decompressobj(-15)
        try:
            data = reader.decompress(packed, entry.size + 1)
        except zlib.error as error:
            raise _WrongError(f"has a damaged {entry.name!r}: {error}") from error
        if not reader.eof or reader.unused_data or reader.unconsumed_tail:
            raise _WrongError(f"has another length of {entry.name!r} than it says")
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        raise _WrongError(f"has a damaged {entry.name!r}: its length or its check sum is wrong")
    return data
