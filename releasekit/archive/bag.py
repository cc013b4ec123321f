"""The bag around a bundle's files: tag files and manifests, written and checked. Knows nothing of releases.

BagIt 1.0, RFC 8493, with two spaces in both manifests, so that ``sha256sum -c`` reads them in one call.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from releasekit.archive.layout import ATTESTATIONS, BAGIT, INFO, MANIFEST, TAGGED, TAGS, path_problem

_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_SAID = re.compile(r"([A-Za-z-]+): (.+)")


def bagged(payload: Mapping[str, bytes], info: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """The payload (paths that begin with ``data/``) with its tag files; ``info`` are lines of bag-info.txt."""
    size = sum(map(len, payload.values()))
    said = [*info, ("Payload-Oxum", f"{size}.{len(payload)}")]
    tags = {
        BAGIT: _DECLARED,
        INFO: b"".join(line + b"\n" for line in info_lines(said)),
        MANIFEST: _manifest(digests(payload)),
    }
    return {**payload, **tags, TAGS: _manifest(digests(tags))}


def info_lines(said: Iterable[tuple[str, str]]) -> list[bytes]:
    """The lines of bag-info.txt that say this."""
    return [f"{name}: {' '.join(value.split())}".encode() for name, value in said]


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file, by its path."""
    with ThreadPoolExecutor() as pool:  # hashing lets other threads run
        return dict(zip(files, pool.map(_digest, files.values()), strict=True))


def problems(files: Mapping[str, bytes], known: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a bag as such: files changed, missing, unlisted; manifests, tag files. ``known``: digests."""
    if files.get(BAGIT) != _DECLARED:
        yield f"{BAGIT} is missing or declares something else than BagIt 1.0 in UTF-8"
    payload = {path: digest for path, digest in known.items() if path.startswith("data/")}
    yield from _checked(MANIFEST, files.get(MANIFEST), payload)
    yield from _checked(TAGS, files.get(TAGS), {tag: known[tag] for tag in TAGGED if tag in known})
    yield from (f"{tag} is missing" for tag in TAGGED if tag not in files)
    for path in files:
        if path not in payload and path not in (*TAGGED, TAGS) and not path.startswith(ATTESTATIONS):
            why = "names files elsewhere; none is fetched" if path == "fetch.txt" else "belongs to no bundle"
            yield f"{path} {why}"
    size = sum(len(files[path]) for path in payload)
    if INFO in files and _oxum(files[INFO]) != f"{size}.{len(payload)}":
        yield f"{INFO} states another size of the payload than it has"


def info(raw: bytes) -> dict[str, str]:
    """What bag-info.txt says; {} when it is not readable."""
    lines = raw.decode("utf-8", "replace").splitlines()
    return {found[1]: found[2] for line in lines if (found := _SAID.fullmatch(line))}


def _oxum(raw: bytes) -> str:
    return info(raw).get("Payload-Oxum", "")


def _manifest(known: Mapping[str, str]) -> bytes:
    return "".join(f"{known[path]}  {path}\n" for path in sorted(known)).encode()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _checked(name: str, raw: bytes | None, known: Mapping[str, str]) -> Iterator[str]:
    if raw is None:
        yield f"{name} is missing"
        return
    if raw == _manifest(known):
        return
    listed: dict[str, str] = {}
    for number, line in enumerate(raw.decode("utf-8", "replace").split("\n")[:-1], 1):
        found = _LINE.fullmatch(line)
        if not found or path_problem(found[2]):
            yield f"{name}:{number} is no line of a manifest"
        elif found[2] in listed:
            yield f"{name}:{number} lists {found[2]} again"
        else:
            listed[found[2]] = found[1]
    for path, digest in listed.items():
        if path not in known:
            yield f"{path} is missing: {name} lists it"
        elif known[path] != digest:
            yield f"{path} was changed: its SHA-256 is not the one in {name}"
    yield from (f"{path} is not in {name}: it was added later" for path in known if path not in listed)
    if list(listed) != sorted(listed) or not raw.endswith(b"\n"):
        yield f"{name} is not written as releasekit writes it"
