"""C and C++ projects: language and web framework from CMake and Meson files, read as text and never run."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_at
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.syntax.expression import Expression

_PROJECT = Expression(r"^\s*project\s*\(([^)]*)\)", re.MULTILINE | re.IGNORECASE)
_VERSION = Expression(r"\bVERSION\s+([\d.]+)|\bversion\s*:\s*'([\d.]+)'")
_EXECUTABLE = Expression(r"\badd_executable\s*\(|\bexecutable\s*\(", re.IGNORECASE)
_FRAMEWORK = Expression(r"\b(drogon|oatpp|crow|pistache|restinio)\b", re.IGNORECASE)


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each folder whose build file declares a project and builds a program."""
    for path in kept(files.tree.named("CMakeLists.txt", "meson.build")):
        text = files.text(path)
        match = _PROJECT.search(text)
        if not match:
            continue
        scope = folder(path)
        line = line_at(text, match.start(1))
        said = _VERSION.search(match[1])
        if said:
            yield from version(path, line_at(text, match.start(1) + said.start()), said[1] or said[2])
        if _EXECUTABLE.search(text):
            yield Fact("language", "cpp", "cpp", f"{path}:{line}", how="a build file that makes a program", scope=scope)
            for found in _FRAMEWORK.finditer(text):
                value = found[1].lower()
                yield Fact("framework", value, value, f"{path}:{line_at(text, found.start())}", scope=scope)
                break
