"""Parameter files as text: what is known filled in, what is not as commented examples, safe whatever a value holds."""

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic.fields import FieldInfo

from releasekit.errors import InputError
from releasekit.parameters.model import Application, Configuration
from releasekit.parameters.reading import validate

NOTHING: Mapping[str, Any] = MappingProxyType({})
_PLAIN = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*|\.|\.\.(?:/[A-Za-z0-9_.-]+)*|env:[A-Za-z_][A-Za-z0-9_]*"
)
# YAML 1.1 readers, Papermill's among them, take these for truth values and nulls
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_HEAD = (
    "The release of one service: what is released, and where and how. `releasekit schema` prints what may stand here.",
    "Relative paths start at this file. A secret is never written here: env:NAME names an environment variable.",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is known of a release before anybody was asked. Empty values become commented examples.

    The fields are those of the parameter file. ``reports``: kind to globs; ``endpoints``: name to address;
    ``database``: ``env:NAME``; ``metrics``, ``team``, ``steps``, ``channels``: as in the file. ``notes``: a comment by
    dotted key (``application.version``), such as the ``file:line`` that a value came from. ``choices``: the commented
    example of a key of ``application``, for a person to take or to change.
    """

    name: str
    repository: str
    version: str = ""
    path: str = "."
    candidate: str = "HEAD"
    running: str = ""
    files: tuple[str, ...] = ()
    environment: str = "production"
    level: str = "B"
    team: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    endpoints: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    database: str = ""
    metrics: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    steps: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    channels: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    notes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    choices: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


def render(proposal: Proposal) -> str:
    """The text of a parameter file that is valid as it stands.

    A value that no parameter may have is left out, and its line says so. Raises InputError when the repository is no
    path that a parameter file can name.
    """
    notes = dict(proposal.notes)
    application, configuration = _data(proposal, notes)
    lines = [f"# {line}" for line in _HEAD]
    lines += ["# defaults: ../organisation.yaml    # what many services share; what this file says itself wins", ""]
    lines += [
        "application:",
        *_section(Application.model_fields, application, "application", notes, proposal.choices),
        "",
    ]
    lines += ["configuration:", *_section(Configuration.model_fields, configuration, "configuration", notes)]
    return "\n".join(lines) + "\n"


def write(path: Path, text: str, *, over: bool = False) -> None:
    """Write a text to a file, aside and then renamed; a file that is there stays unless ``over`` is true.

    Folders above it that are missing are made.

    Raises InputError when it is there, or cannot be written.
    """
    if path.is_dir():
        raise InputError("is a folder", str(path), "name a file, such as parameters/shop.yaml")
    if os.path.lexists(path) and not over:
        raise InputError("is there already", str(path), "choose another name, or write over it with --force")
    aside = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o666 & ~_umask())
        Path(aside).replace(path)
    except OSError as error:
        Path(aside).unlink(missing_ok=True) if aside else None
        raise InputError(f"cannot be written: {error.strerror}", str(path), "choose a folder that is yours") from None


def service_name(text: str) -> str:
    """The nearest name that a service may have: ``My Shop`` becomes ``my-shop``."""
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:60].rstrip("-._") or "service"
    return name if _is_valid({"name": name}, {}) else f"svc-{name.replace('.', '-')}"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _data(proposal: Proposal, notes: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    application: dict[str, Any] = {"name": service_name(proposal.name), "repository": proposal.repository}
    if not _is_valid({"repository": proposal.repository}, {}):
        raise InputError(f"{proposal.repository!r} is no path that a parameter file can name", do="rename the folder")
    application["version"] = proposal.version
    if not _is_valid({"version": proposal.version}, {}):
        application["version"] = "0.0.0"
        notes["application.version"] = "not found: write the version that is released"
    for key in ("path", "candidate", "running", "files"):
        value = getattr(proposal, key)
        if value and value != Application.model_fields[key].default:
            _keep(application, "application", key, value, notes)
    configuration: dict[str, Any] = {}
    for key in ("environment", "level"):
        _keep(configuration, "configuration", key, getattr(proposal, key), notes)
    if proposal.database:
        _keep(configuration, "configuration", "database", {"url": proposal.database}, notes)
    if proposal.metrics:
        _keep(configuration, "configuration", "metrics", proposal.metrics, notes)
    for key in ("team", "reports", "endpoints", "steps", "channels"):
        _keep_each(configuration, key, getattr(proposal, key), notes)
    return application, configuration


def _keep(section: dict[str, Any], name: str, key: str, value: object, notes: dict[str, str]) -> None:
    application, configuration = ({key: value}, {}) if name == "application" else ({}, {key: value})
    if _is_valid(application, configuration):
        section[key] = value
    else:
        notes[f"{name}.{key}"] = "what was found is no value for this"


def _keep_each(configuration: dict[str, Any], key: str, values: Mapping[str, Any], notes: dict[str, str]) -> None:
    kept = {name: value for name, value in values.items() if _is_valid({}, {key: {name: value}})}
    if kept:
        configuration[key] = kept
    if left := len(values) - len(kept):
        notes[f"configuration.{key}"] = f"{left} more found, no value for this"


def _is_valid(application: Mapping[str, Any], configuration: Mapping[str, Any]) -> bool:
    data = {"application": {"name": "x", "repository": ".", "version": "1", **application}}
    try:
        validate({**data, "configuration": configuration})
    except InputError:
        return False
    return True


def _section(
    fields: Mapping[str, FieldInfo],
    data: Mapping[str, Any],
    section: str,
    notes: Mapping[str, str],
    choices: Mapping[str, Any] = NOTHING,
) -> Iterator[str]:
    for name, part in fields.items():
        key = part.alias or name
        note = notes.get(f"{section}.{key}", "")
        if key in data:
            yield from _entry(key, data[key], f"{section}.{key}", notes, "  ")
            continue
        yield f"  # {part.description}" + (f" ({_comment(note)})" if note else "")
        example = choices.get(key) or (part.examples[0] if part.examples else "")
        yield f"  # {key}: {_flow(example)}"


def _entry(key: str, value: object, dotted: str, notes: Mapping[str, str], indent: str) -> Iterator[str]:
    note = f"  # {_comment(notes[dotted])}" if notes.get(dotted) else ""
    if isinstance(value, Mapping):
        yield f"{indent}{_scalar(key)}:{note}"
        for inner, child in value.items():
            yield from _entry(str(inner), child, f"{dotted}.{inner}", notes, indent + "  ")
    else:
        yield f"{indent}{_scalar(key)}: {_flow(value, quoted=key == 'version')}{note}"


def _flow(value: object, *, quoted: bool = False) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(child) for child in value) + "]"
    if isinstance(value, str):
        return _quoted(value) if quoted else _scalar(value)
    return json.dumps(value)


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _quoted(text)


def _quoted(text: str) -> str:
    """YAML's double-quoted style (YAML 1.2.2, 7.3.1), everything that is not printable escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def _comment(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:200]
