"""Compose files laid over one another, by the Compose specification's merge rules (13-merge). Reads no files."""

import re
from collections.abc import Callable

from releasekit.facts.detectors.compose.pieces import ABSENT, Piece
from releasekit.syntax.expression import Expression

# short list forms that mean a mapping: `- KEY=value`
_PAIRS = ("environment", "labels", "annotations", "sysctls", "extra_hosts", "args")
_REPLACED = {"command", "entrypoint", "test"}
_OUTSIDE_BRACES = Expression(r":(?![^{]*\})")


def normal(service: Piece) -> Piece:
    """A service with its short forms written out as mappings, as far as merging needs it."""
    if not isinstance(service.value, dict):
        return service
    parts: dict[str, Piece] = {}
    for key, part in service.items():
        parts[key] = _normal_part(key, part)
    deploy = parts.get("deploy", ABSENT)
    if isinstance(deploy.value, dict) and "labels" in deploy.value:
        parts["deploy"] = deploy.but({**deploy.value, "labels": pairs(deploy.value["labels"])})
    return service.but(parts)


def _normal_part(key: str, part: Piece) -> Piece:
    if key in _PAIRS:
        return pairs(part)
    if key == "depends_on" and part.is_list:
        return part.but({item.text: Piece({}, item.source) for item in part if item.text})
    if key == "build":
        if part.text:
            return part.but({"context": part})
        if isinstance(part.value, dict) and "args" in part.value:
            return part.but({**part.value, "args": pairs(part.value["args"])})
    return part


def pairs(part: Piece) -> Piece:
    """``- KEY=value`` and ``- KEY`` as a mapping; a mapping stays one."""
    if not part.is_list:
        return part
    found: dict[str, Piece] = {}
    for item in part:
        key, sign, value = item.text.partition("=")
        raw = item.raw.partition("=")[2]
        found[key.strip()] = Piece(value if sign else None, item.source, item.references, raw, item.tag)
    return part.but(found)


def merge(base: Piece, over: Piece, key: str = "") -> Piece:
    """``over`` laid on ``base``: mappings by key, lists one after the other, commands and texts replaced."""
    if over.tag == "reset":
        return ABSENT
    if over.tag == "override" or not base:
        return over.but(over.value)
    if not over:
        return base
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        merged = {name: merge(part, over.value.get(name, ABSENT), name) for name, part in base.value.items()}
        merged |= {name: part for name, part in over.value.items() if name not in base.value}
        return base.but({name: part for name, part in merged.items() if part})
    if isinstance(base.value, tuple) and isinstance(over.value, tuple) and key not in _REPLACED:
        return base.but(_joined(base.value, over.value, _KEYS.get(key, _whole)))
    if over.value is None and (base.is_map or base.is_list):
        return base
    return over


def _joined(base: tuple[Piece, ...], over: tuple[Piece, ...], key: Callable[[Piece], str]) -> tuple[Piece, ...]:
    found: dict[str, Piece] = {}
    for piece in (*base, *over):
        found[key(piece)] = piece
    return tuple(found.values())


def split(text: str) -> list[str]:
    """A short form's parts: split at colons that stand in no ``${...}``."""
    return _OUTSIDE_BRACES.split(text[:2000])  # a path or a port is shorter (A23)


def mounted(volume: Piece) -> tuple[str, str, str]:
    """(type, source, target) of a service's volume, long or short; type is volume, bind, tmpfs, ... or ""."""
    if volume.is_map:
        return volume.at("type").text, volume.at("source").text, volume.at("target").text
    parts = split(volume.text)
    if len(parts) == 1:
        return "", "", parts[0]
    named = not re.match(r"[./~\\]|[A-Za-z]:?\\|\$", parts[0])
    return "volume" if named else "bind", parts[0], parts[1]


def _whole(piece: Piece) -> str:
    return piece.text or repr(sorted((key, part.text) for key, part in piece.items()))


def _target(piece: Piece) -> str:
    return mounted(piece)[2]


def _mount_name(piece: Piece) -> str:
    return piece.text or piece.at("target").text or piece.at("source").text


_KEYS: dict[str, Callable[[Piece], str]] = {"volumes": _target, "secrets": _mount_name, "configs": _mount_name}
