"""Variables of Compose services: which hold secrets, and which the operator must give. Puts no value into a fact."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from releasekit.facts.detectors.compose.load import Model, assignments
from releasekit.facts.detectors.compose.pieces import Piece
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.production.optional import is_optional
from releasekit.facts.settings.confidential import has_credentials, is_confidential, is_placeholder
from releasekit.syntax.expression import Expression
from releasekit.syntax.interpolation import Reference

_NO_SECRET = Expression(r"(?:true|false|yes|no|on|off|none|null|\d{1,3})", re.IGNORECASE)
_SAID = Expression(
    r"(?P<optional>\boptional(?:ly)?\b|\bnot required\b|\bnot needed\b)|\b(?:required|mandatory|must be set)\b"
)


def confidential(files: Files, model: Model) -> Iterator[Fact]:
    """A fact for each variable that holds something confidential, and for each secret that is mounted."""
    for name, service in model.services.items():
        for key, variable in service.at("environment").items():
            yield from _variable(model, name, key, variable)
        for part in ("command", "entrypoint", "healthcheck", "labels", "image", "build"):
            for reference, piece in service.at(part).all_references():
                yield from _referred(model, name, reference, piece)
        yield from _from_files(files, model, name, service.at("env_file"))
        for mounted in service.at("secrets"):
            secret = mounted.text or mounted.at("source").text
            if secret:
                yield Fact("secret", secret, "mounted", model.secrets.get(secret, mounted).source, name)
    for secret, piece in model.secrets.items():
        yield Fact("secret", secret, "mounted", piece.source)


def _variable(model: Model, service: str, key: str, variable: Piece) -> Iterator[Fact]:
    for reference, piece in variable.all_references():
        yield from _referred(model, service, reference, piece)
    if variable.value is None:
        if is_confidential(key):
            yield _secret(model, service, key, Reference(key, "", "", False), variable)
        return
    inside = has_credentials(variable.raw or variable.text)
    if (is_confidential(key) and not _NO_SECRET.fullmatch(variable.text)) or inside:
        given = [ref for ref in variable.references if is_confidential(ref.name) or not inside]
        if not variable.text and not variable.references:
            yield Fact("secret", key, "env", variable.source, service, how="empty here")
        elif given or "$" in inside:
            yield _secret(model, service, key, given[0] if given else None, variable)
        else:
            yield Fact("secret", key, "hardcoded", variable.source, service)
    elif is_confidential(key) and variable.references and not variable.text:
        yield _secret(model, service, key, variable.references[0], variable)


def _referred(model: Model, service: str, reference: Reference, piece: Piece) -> Iterator[Fact]:
    if is_confidential(reference.name):
        yield _secret(model, service, reference.name, reference, piece)


def _secret(model: Model, service: str, name: str, variable: Reference | None, piece: Piece) -> Fact:
    known = model.variables.get(variable.name) if variable else None
    if known and known.value and not known.example:
        return Fact("secret", name, "committed .env", piece.source, service, (known.source,))
    if variable and variable.operator in {"-", ":-"} and variable.default and "$" not in variable.default:
        return Fact("secret", name, "default in the file", piece.source, service)
    return Fact("secret", name, "env", piece.source, service)


def _from_files(files: Files, model: Model, service: str, said: Piece) -> Iterator[Fact]:
    """Files of variables that are committed; one that is not there cannot be read."""
    for item in said if said.is_list else [said]:
        path = item.text or item.at("path").text
        full = posixpath.normpath(posixpath.join(model.folder, path)) if path else ""
        if not full or full not in files.tree:
            continue
        for entry in assignments(files, full):
            if is_confidential(entry.key) and entry.value and not _NO_SECRET.fullmatch(entry.value):
                yield Fact("secret", entry.key, "committed .env", f"{full}:{entry.line}", service)


def required(files: Files, model: Model) -> Iterator[Fact]:
    """A fact for each variable that Compose refuses to start without, or that nothing gives a usable value."""
    stated = _Stated(model)
    for name, service in model.services.items():
        asked_for = bool(service.at("profiles").words())
        for key, part in service.items():
            for reference, piece in part.all_references():
                fact = _needed(model, stated, name, key, reference, piece)
                # Compose wants ${X:?} even for profiles that nobody starts
                if fact and (reference.required or not asked_for):
                    yield fact
            if key == "environment" and not asked_for:
                yield from _passed_on(files, model, name, part)
    for part in (*model.volumes.values(), *model.secrets.values(), *model.configs.values()):
        for reference, piece in part.all_references():
            if reference.required:
                yield Fact("env_required", reference.name, "required", piece.source)


class _Stated:
    """What the files say of their variables: which have a default somewhere, which files mark those required."""

    def __init__(self, model: Model) -> None:
        said = [said for service in model.services.values() for said in service.all_references()]
        self.defaults = {reference.name for reference, _ in said if reference.operator in {"-", ":-"}}
        passed = [said for one in model.services.values() for said in one.at("environment").all_references()]
        marks = Counter(piece.path for reference, piece in passed if reference.required)
        self.marking = {path for path, count in marks.items() if count > 1}


def _needed(model: Model, stated: _Stated, service: str, key: str, reference: Reference, piece: Piece) -> Fact | None:
    if reference.required:
        return Fact("env_required", reference.name, "required", piece.source, service)
    if reference.operator or reference.name in stated.defaults:
        return None
    known = model.variables.get(reference.name)
    if key == "environment" and piece.path in stated.marking and (known is None or known.example):
        return None  # its author says of each variable whether Compose may start without it
    if known and (not known.example or not is_placeholder(known.value)):
        return None
    if known and known.value:
        return Fact("env_required", reference.name, "placeholder", piece.source, service, (known.source,))
    if key == "environment" and not is_confidential(reference.name) and (known or is_optional(reference.name)):
        return None
    if is_optional(reference.name):
        return None
    return Fact("env_required", reference.name, "required", piece.source, service, how="no default and no value")


def _passed_on(files: Files, model: Model, service: str, environment: Piece) -> Iterator[Fact]:
    """``- NAME`` or ``NAME:`` takes the operator's value or nothing: required where the file's comments say so, and
    without such comments where it holds a secret that nothing sets. A placeholder is no value either.
    """
    for key, variable in environment.items():
        known = model.variables.get(key)
        if variable.text and not variable.references and is_placeholder(variable.text):
            yield Fact(
                "env_required", key, "placeholder", variable.source, service, how="its value only says: put one here"
            )
        # what only an example sets is not set
        told = [model.variables.get(reference.name) for reference in variable.references]
        empty = bool(told) and not any(reference.default for reference in variable.references)
        copied = empty and variable.raw.startswith("${") and all(one and one.example for one in told)
        if (variable.text and not copied) or (known and not known.example):
            continue
        # an empty text is a value that somebody chose: only a comment of its own says otherwise
        said = _said_above(files, variable, own=variable.value is not None and not variable.references)
        exampled = known is not None and not is_placeholder(known.value)
        unset = variable.value is None and is_confidential(key) and not is_optional(key) and not exampled
        if said == "required" or (unset and said != "optional"):
            yield Fact("env_required", key, "required", variable.source, service, how="passed on, and set nowhere")


def _said_above(files: Files, piece: Piece, *, own: bool) -> str:
    """Whether the nearest comment above that speaks of it calls it required or optional; "" when none does.

    ``own`` looks only at the line itself and the comments right above it.
    """
    path, _, number = piece.source.rpartition(":")
    lines = files.text(path).split("\n")
    for back, line in enumerate(reversed(lines[: int(number)])):
        comment = line.partition("#")[2].lower() if "#" in line else ""
        if own and back and not line.lstrip().startswith("#"):
            return ""
        if re.match(r"^(?:services|volumes|networks|secrets|configs|\s*environment|\S+):", line) and not comment:
            return ""
        if match := _SAID.search(comment):
            return "optional" if match["optional"] else "required"
    return ""
