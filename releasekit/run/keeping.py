"""Keeps the bytes that evidence was judged by, beside a run's record. Judges nothing, and knows no bundle."""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from releasekit.parameters.model import to_data
from releasekit.parameters.scrubbing import Scrubber
from releasekit.parameters.scrubbing import secrets as secrets_of
from releasekit.probes.evidence import Evidence
from releasekit.probes.request import Request
from releasekit.sources.reading import Raw

SCHEMA = "releasekit/kept/1"
FOLDER, INDEX = "evidence", "index.json"
LARGEST = 8 << 20  # of one file
ALL = 128 << 20  # of one run
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class Keeper:
    """Keeps what was read in ``record``/evidence: 0001-NAME and so on, and index.json, which says what each is.

    In the index ``sha256`` is of the bytes as they were judged, ``kept_sha256`` of the file: they differ where secrets
    were replaced. ``judged`` says which evidence rests on it, with the digest that stands in its event. What is larger
    than LARGEST, or beyond ALL, is listed in ``not_kept``. ``trouble`` says why something could not be written: it is
    no reason to lose the evidence itself.
    """

    record: Path
    scrubber: Scrubber
    trouble: str = field(default="")

    def keep(self, evidence: Evidence, read: Sequence[Raw]) -> None:
        """Keep what one piece of evidence was judged by; what is there already is not kept twice."""
        if not read:
            return
        try:
            with _alone(self.record / FOLDER) as folder:
                index = _index(folder)
                for raw in read:
                    self._one(folder, index, evidence, raw)
                _write(folder / INDEX, (json.dumps(index, indent=2, ensure_ascii=False) + "\n").encode())
        except OSError as error:
            self.trouble = f"the raw evidence cannot be kept in the record's folder {FOLDER}: {error.strerror or error}"

    def _one(self, folder: Path, index: dict[str, Any], evidence: Evidence, raw: Raw) -> None:
        source = self.scrubber.text(raw.source)
        judged = {
            "item": evidence.item,
            "probe": evidence.probe,
            "verdict": str(evidence.verdict),
            "at": evidence.at,
            "sha256": evidence.sha256,
        }
        for line in (*index["files"], *index["not_kept"]):
            if line["source"] == source and line["sha256"] == raw.sha256:
                line["judged"].append(judged)
                return
        about: dict[str, Any] = {"source": source, "sha256": raw.sha256, "bytes": len(raw.raw), "judged": [judged]}
        if len(raw.raw) > LARGEST or sum(line["bytes"] for line in index["files"]) + len(raw.raw) > ALL:
            index["not_kept"].append({**about, "why": f"larger than the {LARGEST >> 20} MiB (in all {ALL >> 20} MiB)"})
            return
        kept, replaced = _scrubbed(raw.raw, self.scrubber)
        name = f"{len(index['files']) + 1:04}-{_name(source)}"
        _write(folder / name, kept)
        digest = sha256(kept).hexdigest()
        index["files"].append({"file": name, **about, "kept_sha256": digest, "secrets_replaced": replaced})


def keeper(record: Path | None, request: Request) -> Keeper | None:
    """A keeper for a run that has a folder; None for one that lives in memory."""
    if record is None or not record.is_dir():
        return None
    return Keeper(record, Scrubber(secrets_of(to_data(request.parameters), request.environ)))


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """The folder, made if need be, with no other process writing into it: a command may collect beside a notebook."""
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(descriptor)


def _index(folder: Path) -> dict[str, Any]:
    fresh: dict[str, Any] = {"schema": SCHEMA, "files": [], "not_kept": []}
    try:
        found = json.loads((folder / INDEX).read_bytes())
    except FileNotFoundError:
        return fresh
    except ValueError as error:
        raise OSError(f"{INDEX} is damaged: {error}") from error
    if not isinstance(found, Mapping) or found.get("schema") != SCHEMA:
        raise OSError(f"{INDEX} is of another form")
    return {**fresh, **found}


def _write(path: Path, raw: bytes) -> None:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        aside.write_bytes(raw)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _scrubbed(raw: bytes, scrubber: Scrubber) -> tuple[bytes, int]:
    """The bytes without secrets, and how many were replaced. What is no UTF-8 is looked through byte by byte."""
    before = scrubber.found.total()
    try:
        kept = scrubber.text(raw.decode()).encode()
    except UnicodeDecodeError:
        kept = scrubber.text(raw.decode("latin-1")).encode("latin-1")
    return kept, scrubber.found.total() - before


def _name(source: str) -> str:
    """What a file is called: the last part of a path, or the host and the last part of an address."""
    parts = urlsplit(source)
    text = f"{parts.hostname}-{parts.path.rsplit('/', 1)[-1]}" if parts.hostname else source.rsplit("/", 1)[-1]
    return _ODD.sub("-", text).strip("-.")[-60:].lstrip("-.") or "file"
