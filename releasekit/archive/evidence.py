"""The files that evidence was judged by, as far as they are still what was judged. Reads files, judges nothing."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any

from releasekit.archive.layout import file_name
from releasekit.parameters.scrubbing import Scrubber
from releasekit.run.events import Event

SCHEMA = "releasekit/evidence/1"
FOLDER = "data/evidence/"
_LARGEST = 32 << 20  # as the reports that probes read
_BASE = re.compile(r"^base = ([\"'].+[\"'])$", re.MULTILINE)
KEPT = ("evidence", "commands")  # folders beside a run's record in which files are kept for the bundle


@dataclass(slots=True)
class Gathered:
    """Evidence files by their paths in the bundle, and the index: what each was judged for, what could not be kept."""

    files: dict[str, bytes] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)

    @property
    def index(self) -> dict[str, Any]:
        """The content of data/evidence/index.json."""
        return {"schema": SCHEMA, "files": self.listed, "not_kept": self.missing}

    def add(self, name: str, raw: bytes, source: str, scrubber: Scrubber) -> dict[str, Any]:
        """Keep one file, without the secrets in it; returns its line of the index."""
        before = scrubber.found.total()
        kept = _scrubbed(raw, scrubber)
        replaced = scrubber.found.total() - before
        digest = sha256(raw).hexdigest()
        for line in self.listed:
            if line["source"] == source and line["judged_sha256"] == digest:
                return line
        file = f"{len(self.listed) + 1:04}-{file_name(name)}"
        self.files[FOLDER + file] = kept
        line = {"file": file, "sha256": sha256(kept).hexdigest(), "bytes": len(kept), "source": source, "judged": []}
        line |= {"judged_sha256": digest, "secrets_replaced": replaced}
        self.listed.append(line)
        return line


def base_of(record: Path) -> Path | None:
    """The folder where relative paths of a run's parameters start, as the notebook in its record was told."""
    for name in ("release.ipynb", "walkthrough.ipynb"):
        raw = _read(record / name)
        try:
            cells = json.loads(raw)["cells"] if raw else ()
            told = [cell for cell in cells if "injected-parameters" in cell["metadata"].get("tags", ())]
            source = "".join("".join(cell["source"]) for cell in told)
            found = _BASE.search(source)
            base = ast.literal_eval(found[1]) if found else None
        except (ValueError, KeyError, TypeError, AttributeError, SyntaxError):
            continue
        if isinstance(base, str):
            return record / base
    return None


def gather(events: Sequence[Event], base: Path | None, record: Path | None, scrubber: Scrubber) -> Gathered:
    """What the events' evidence was judged by: files below ``base`` (where the parameters' relative paths start).

    A file is taken only when its digest is the one in the event (A43). What lies in ``record``/evidence is taken too.
    """
    found = Gathered()
    for event in events:
        if event.kind == "evidence.added" and event.data.get("sha256"):
            _one(found, event, base, scrubber)
    for path in _files(record / KEPT[0]) if record else ():
        found.add(path.name, _read(path) or b"", f"{KEPT[0]}/{path.name}", scrubber)
    return found


def commands(record: Path | None, scrubber: Scrubber) -> dict[str, bytes]:
    """What the commands of a run left beside its record, by their paths in the bundle."""
    folder = record / KEPT[1] if record else None
    return {
        f"data/commands/{file_name(path.name)}": _scrubbed(_read(path) or b"", scrubber)
        for path in (_files(folder) if folder else ())
    }


def _one(found: Gathered, event: Event, base: Path | None, scrubber: Scrubber) -> None:
    data = event.data
    source, digest = str(data.get("source", "")), str(data["sha256"])
    said = {"seq": event.seq, "item": event.item, "probe": data.get("probe", ""), "verdict": data.get("verdict", "")}
    names = [name for name in source.split(", ") if name]
    raws = [_read(base / name) for name in names] if base else []
    if raws and all(raw is not None for raw in raws):
        whole = [raw for raw in raws if raw is not None]
        if _digest(whole) == digest:
            for name, raw in zip(names, whole, strict=True):
                found.add(name, raw, name, scrubber)["judged"].append({**said, "sha256": digest})
            return
        why = "the file is another one than was judged"
    else:
        why = "a source that is no file, or one that is no longer there"
    found.missing.append({**said, "source": scrubber.text(source), "sha256": digest, "why": why})


def _digest(raws: Sequence[bytes]) -> str:
    """Of one file its SHA-256, of several that of their digests: as the probes of reports write it."""
    digests = [sha256(raw).digest() for raw in raws]
    return digests[0].hex() if len(digests) == 1 else sha256(b"".join(digests)).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        yield from (path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink())


def _read(path: Path) -> bytes | None:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return None
        return path.read_bytes()
    except (OSError, ValueError):  # ValueError: what a server calls its source need not be a path at all
        return None


def _scrubbed(raw: bytes, scrubber: Scrubber) -> bytes:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        # each byte one character, so that what is written in ASCII is found all the same
        return scrubber.text(raw.decode("latin-1")).encode("latin-1")
    return scrubber.text(text).encode()


def index_problems(index: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[str]:
    """Where the index of a bundle and its evidence files do not say the same. ``known``: each file's SHA-256."""
    listed = {FOLDER + str(line["file"]): line for line in index["files"]}
    for path, line in listed.items():
        if known.get(path) != line["sha256"]:
            yield f"{path} is not the file that the index of the evidence lists"
        elif not line["secrets_replaced"] and line["judged_sha256"] != line["sha256"]:
            yield f"{path} is another file than was judged"
    for path in known:
        if path.startswith(FOLDER) and path not in listed and path != f"{FOLDER}index.json":
            yield f"{path} is not in the index of the evidence"
