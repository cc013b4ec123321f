"""What configuration files of Spring, Quarkus and Micronaut hold: properties, and the variables they ask for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import kept
from releasekit.facts.files import Files
from releasekit.facts.settings.model import Read
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_FILES = Expression(r"(?:.*/)?(?:application|bootstrap|microprofile-config)(?:-([\w-]+))?\.(?:properties|ya?ml)")
_NOT_PRODUCTION = Expression(r"dev\w*|tests?|local\w*|it|h2|hsqldb|e2e|ci|demo|debug|mock\w*|docker-?dev")
_REFERENCE = Expression(r"\$\{([A-Z][A-Z0-9_]{1,80})(:[^}]*)?\}")
_LINE = Expression(r"^[ \t]*([\w.-]{1,200})[ \t]*[=:][ \t]*(.*?)[ \t]*$", re.MULTILINE)
_PRODUCTION = Expression(r"prod\w*|default|cloud|kubernetes|k8s|docker")


@dataclass(frozen=True, slots=True)
class Property:
    """One property with its value as text; ``production``: in a file that production loads by its name."""

    name: str
    value: str
    path: str
    line: int
    production: bool


def properties(files: Files) -> Iterator[Property]:
    """Every property of the files that production may load, in their order; not those of development and tests."""
    for path, profile in _loaded(files):
        production = not profile or _PRODUCTION.fullmatch(profile) is not None
        if path.endswith(".properties"):
            text = files.text(path)
            for match in _LINE.finditer(text):
                line = text.count("\n", 0, match.start(1)) + 1
                yield Property(match[1], match[2], path, line, production)
            continue
        for document in files.yaml(path):
            active = (
                document.at("spring", "config", "activate", "on-profile").text or document.at("spring", "profiles").text
            )
            if not active or not _NOT_PRODUCTION.fullmatch(active):
                yield from _leaves(document, "", path, production and (not active or bool(_PRODUCTION.search(active))))


def _leaves(node: Node, prefix: str, path: str, production: bool) -> Iterator[Property]:
    for key, child in node.items():
        if child.is_map:
            yield from _leaves(child, f"{prefix}{key}.", path, production)
        elif child.is_scalar:
            yield Property(f"{prefix}{key}", child.text, path, node.line_of(key), production)


def _loaded(files: Files) -> Iterator[tuple[str, str]]:
    """(path, profile or "") of the configuration files that are not for development or tests."""
    for path in kept(files.tree.ending(".properties", ".yml", ".yaml")):
        match = _FILES.fullmatch(path)
        if match and not (match[1] and _NOT_PRODUCTION.fullmatch(match[1])):
            yield path, match[1] or ""


def reads(files: Files) -> Iterator[Read]:
    """Every reference of the files that production may load; one without a default is required."""
    for path, _ in _loaded(files):
        for number, line in files.lines(path):
            if not line.lstrip().startswith("#"):
                for found in _REFERENCE.finditer(line):
                    default = found[2][1:] if found[2] else None
                    yield Read(found[1], path, number, default is None, default)
