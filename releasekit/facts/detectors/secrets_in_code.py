"""Confidential values that are written into the repository itself: .NET's settings, constants of settings modules.

Says names and places, never a value.
"""

import ast
import re
from collections.abc import Iterator

from releasekit.facts.code import kept, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.settings.confidential import has_credentials, is_confidential, is_placeholder
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_SETTINGS = Expression(r"(?:.*/)?appsettings(?:\.prod\w*)?\.json", re.IGNORECASE)
_MEMBER = Expression(
    r"\b(?P<name>Client_?Secret|Api_?Secret|Shared_?Secret|Signing_?Key|Api_?Key|Secret_?Key)\s*=\s*\"(?P<value>[^\"\n{}]{4,200})\"",
    re.IGNORECASE,
)
_MODULES = Expression(r"(?:^|/)(?:settings(?:/(?:base|common|prod\w*|__init__))?|config)\.py$")
_SHORTEST = 6


def detect(files: Files) -> Iterator[Fact]:
    """One ``secret`` fact a setting or constant; a setting of .NET that only says *put yours here* is required too."""
    for path in kept(files.tree.ending(".json")):
        if _SETTINGS.fullmatch(path):
            yield from _settings(files, path, files.json(path, comments=True), "")
    for path in own(files, ".cs"):
        text = files.text(path)
        for match in _MEMBER.finditer(text):
            if not is_placeholder(match["value"]):
                place = f"{path}:{line_at(text, match.start())}"
                yield Fact("secret", match["name"], "hard-coded", place, scope=owner(files, path))
    for path in own(files, ".py"):
        if _MODULES.search(path):
            yield from _constants(files, path)


def _settings(files: Files, path: str, node: Node, prefix: str) -> Iterator[Fact]:
    for key, child in node.items():
        name = f"{prefix}{key}"
        if child.is_map:
            yield from _settings(files, path, child, f"{name}:")
        elif child.is_scalar and isinstance(child.value, str) and child.text:
            connection = prefix.lower() == "connectionstrings:" and has_credentials(child.text)
            if connection or (is_confidential(key) and len(child.text) >= _SHORTEST):
                place = f"{path}:{node.line_of(key)}"
                yield Fact("secret", name, "appsettings", place, how="a setting", scope=owner(files, path))
                if is_placeholder(child.text):
                    how = "its value is only a placeholder"
                    yield Fact("env_required", name, "required", place, how=how, scope=owner(files, path))


def _constants(files: Files, path: str) -> Iterator[Fact]:
    """``SECRET_KEY = "..."`` at the top of a settings module: a text, and not what is read from somewhere."""
    module = files.python(path) if "SECRET" in files.text(path) or "PASSWORD" in files.text(path) else None
    for statement in module.body if module else ():
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            target, value = statement.targets[0], statement.value.value
            name = target.id if isinstance(target, ast.Name) and target.id.isupper() else ""
            if (
                name
                and isinstance(value, str)
                and len(value) >= _SHORTEST
                and " " not in value
                and is_confidential(name)
            ):
                yield Fact("secret", name, "hardcoded", f"{path}:{statement.lineno}", scope=owner(files, path))
