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

from releasekit.archive.comparing import hides
from releasekit.archive.layout import file_name
from releasekit.parameters.scrubbing import Scrubber
from releasekit.run import keeping
from releasekit.run.events import Event
from releasekit.sources import reading

SCHEMA = "releasekit/evidence/1"
FOLDER = "data/evidence/"
_LARGEST = 32 << 20  # as the reports that probes read
_NUMBER = re.compile(r"^\d{4}-")
_BASE = re.compile(r"^base = ([\"'].+[\"'])$", re.MULTILINE)
COMMANDS = "commands"  # beside a run's record, as its evidence


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it is kept: ``judged`` is the SHA-256 of what was judged, with the ``replaced`` secrets in it."""

    name: str
    raw: bytes
    source: str
    judged: str
    replaced: int = 0


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

    def add(self, file: Found, scrubber: Scrubber) -> dict[str, Any]:
        """Keep one file, without the secrets in it; returns its line of the index. What is there is not kept twice."""
        for line in self.listed:
            if (line["source"], line["judged_sha256"]) == (file.source, file.judged):
                return line
        before = scrubber.found.total()
        kept = _scrubbed(file.raw, scrubber)
        name = f"{len(self.listed) + 1:04}-{file_name(_NUMBER.sub('', file.name))}"
        self.files[FOLDER + name] = kept
        line = {
            "file": name,
            "sha256": sha256(kept).hexdigest(),
            "bytes": len(kept),
            "source": file.source,
            "judged": [],
            "judged_sha256": file.judged,
            "secrets_replaced": file.replaced + scrubber.found.total() - before,
        }
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
    """What the events' evidence was judged by, a file only when its digest is the one in the event (A43).

    It is looked for in ``record``/evidence, where runs keep it, then below ``base``, where the parameters' relative
    paths start. Whatever else lies in ``record``/evidence is taken too.
    """
    found = Gathered()
    kept = _kept(record / keeping.FOLDER) if record else []
    for event in events:
        if event.kind == "evidence.added" and event.data.get("sha256"):
            _one(found, event, kept, base, scrubber)
    # one that the run kept and that is no longer what it was is neither evidence nor something else
    known = _named(record / keeping.FOLDER) if record else set()
    for path in _files(record / keeping.FOLDER) if record else ():
        if path.name not in known and path.name != keeping.INDEX:
            raw = _read(path) or b""
            found.add(Found(path.name, raw, f"evidence/{path.name}", sha256(raw).hexdigest()), scrubber)
    return found


def commands(record: Path | None, scrubber: Scrubber) -> dict[str, bytes]:
    """What the commands of a run left beside its record, by their paths in the bundle."""
    folder = record / COMMANDS if record else None
    return {
        f"data/commands/{file_name(path.name)}": _scrubbed(_read(path) or b"", scrubber)
        for path in (_files(folder) if folder else ())
    }


def _kept(folder: Path) -> list[tuple[Mapping[str, Any], Found]]:
    """The lines of the index that the run kept, each with its file, where that is still the one of the line."""
    raw = _read(folder / keeping.INDEX)
    lines = []
    try:
        for line in json.loads(raw)["files"] if raw else ():
            file = _read(folder / file_name(line["file"]))
            whole = file is not None and sha256(file).hexdigest() == line["kept_sha256"]
            replaced = int(line["secrets_replaced"])
            if file is not None and whole and (replaced or line["kept_sha256"] == line["sha256"]):
                lines.append((line, Found(line["file"], file, line["source"], line["sha256"], replaced)))
    except (ValueError, KeyError, TypeError):
        return lines  # a damaged index is not the log: what it does not say is said to be missing
    return lines


def _named(folder: Path) -> set[str]:
    """The files that the run's index names."""
    raw = _read(folder / keeping.INDEX)
    try:
        return {str(line["file"]) for line in json.loads(raw)["files"]} if raw else set()
    except (ValueError, KeyError, TypeError):
        return set()


def _one(
    found: Gathered,
    event: Event,
    kept: Sequence[tuple[Mapping[str, Any], Found]],
    base: Path | None,
    scrubber: Scrubber,
) -> None:
    data = event.data
    source, digest = str(data.get("source", "")), str(data["sha256"])
    said = {"seq": event.seq, "item": event.item, "probe": data.get("probe", ""), "verdict": data.get("verdict", "")}
    read = [file for line, file in kept if any(one.get("sha256") == digest for one in line["judged"])]
    # a probe may have looked into more than it judged by
    named = [file for file in read if file.source in source.split(", ")]
    itself = [file for file in read if file.judged == digest]
    files = next((some for some in (read, named, itself[:1]) if _whole(some) == digest), [])
    if not files:
        files = list(_below(base, source)) if base else []
    if _whole(files) == digest:
        for part, file in enumerate(files, 1):
            several = {"part": part} if len(files) > 1 else {}
            found.add(file, scrubber)["judged"].append({**said, "sha256": digest, **several})
        return
    why = "the file is another one than was judged" if files else "it was not kept, and is no file that is still there"
    found.missing.append({**said, "source": scrubber.text(source), "sha256": digest, "why": why})


def _below(base: Path, source: str) -> Iterator[Found]:
    """The files that an event names as its source; none where one of them cannot be read."""
    names = [name for name in source.split(", ") if name]
    raws = [_read(base / name) for name in names]
    if all(raw is not None for raw in raws):
        for name, raw in zip(names, raws, strict=True):
            yield Found(name, raw or b"", name, sha256(raw or b"").hexdigest())


def _whole(files: Sequence[Found]) -> str:
    """The digest that an event has of these files."""
    return reading.whole([file.judged for file in files])


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


def contradictions(index: Mapping[str, Any], events: Sequence[Event]) -> Iterator[str]:
    """Where the index of a bundle and the evidence in the log do not say the same."""
    known = {event.seq: event for event in events if event.kind == "evidence.added" and event.data.get("sha256")}
    files: dict[int, list[tuple[int, str]]] = {}
    for line in index["files"]:
        for judged in line["judged"]:
            yield from _other(judged, known)
            files.setdefault(judged["seq"], []).append((judged.get("part", 0), line["judged_sha256"]))
    for line in index["not_kept"]:
        yield from _other(line, known)
        event = known.get(line["seq"])
        source = Scrubber({}).text(str(event.data.get("source", ""))) if event else ""
        if line["source"] != source and not hides(line["source"], source):
            yield f"the index of the evidence names another source of event {line['seq']} than the log"
    missing = {line["seq"] for line in index["not_kept"]}
    for seq, event in known.items():
        digests = [digest for _, digest in sorted(files.get(seq, []), key=lambda one: one[0])]
        if digests and reading.whole(digests) != event.data["sha256"]:
            yield f"the files of event {seq} in the index of the evidence are not those that were judged"
        if bool(digests) is (seq in missing):
            yield f"the index of the evidence does not say what became of the files of event {seq}"


def _other(said: Mapping[str, Any], known: Mapping[int, Event]) -> Iterator[str]:
    event = known.get(said["seq"])
    if event is None:
        yield f"the index of the evidence names event {said['seq']}, which brought no evidence of a file"
        return
    expected = {"item": event.item, **{name: event.data.get(name, "") for name in ("probe", "verdict", "sha256")}}
    for name, value in expected.items():
        if said[name] != value:
            yield f"the index of the evidence says {name} {said[name]!r} of event {event.seq}, the log {value!r}"
