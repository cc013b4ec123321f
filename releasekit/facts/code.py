"""Where a repository's own source code lies, and how to point into it. Knows no technology and no service."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.syntax.expression import Expression
from releasekit.tree import Tree

# Reading stops here: a setting or a route stands in few files, and no release waits for the rest (A22).
SOURCE_FILES = 3_000
SOURCE_BYTES = 1 << 18

# generated, minified or foreign by name
_FOREIGN = Expression(
    r"(^|/)(static|assets|public|dist|build|out|target|coverage|generated|genproto|migrations)/.*\.(js|mjs|cjs|ts)$"
    r"|\.min\.js$|\.d\.ts$|_pb2(_grpc)?\.py$|\.pb\.go$|(^|/)(setup|conftest|noxfile)\.py$"
)
_FIRST = Expression(
    r"config|setting|env|main|app|server|index|runtime|database|secret|startup|program|route|url", re.IGNORECASE
)
_DEVELOPMENT = Expression(
    r"\.(config|setup|stories|mock)\.[cm]?[jt]sx?$|(^|/)(jest|babel|webpack|vite|rollup|karma)\."
    r"|(^|/)(settings|config|conf|environments)/(local|dev|devel\w*|tests?|testing|ci)\.\w+$"
)


def folder(path: str) -> str:
    """The folder of a path; "" is the root."""
    return path.rpartition("/")[0]


def join(parent: str, child: str) -> str:
    """``child`` seen from ``parent``, with ``.`` and ``..`` resolved; "" when it leaves the repository."""
    parts = [part for part in parent.split("/") if part]
    for part in child.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def at(tree: Tree, parent: str, child: str) -> str:
    """``child`` seen from ``parent`` as the tree names it: out of a part, by ``../``."""
    if not tree.part:
        return join(parent, child)
    outside = f"{parent}/".startswith(tree.up)
    whole = join(parent[len(tree.up) :] if outside else f"{tree.part}/{parent}", child)
    return tree.own(f"{tree.up}{whole}")


def line_at(text: str, offset: int) -> int:
    """The line (from 1) of a character offset."""
    return text.count("\n", 0, offset) + 1


def line_with(text: str, needle: str, default: int = 1) -> int:
    """The first line that contains ``needle``; ``default`` when none does."""
    offset = text.find(needle)
    return line_at(text, offset) if offset >= 0 else default


def kept(paths: Iterable[str]) -> Iterator[str]:
    """The paths that may belong to the production deployment."""
    return (path for path in paths if not aside(path))


def own(files: Files, *endings: str) -> Iterator[str]:
    """Source files of the repository's own production code, few and small enough to be read.

    Where there are too many, those come first whose names speak of configuration and start-up.
    """
    return iter(files.once(_own, *endings))


def _own(files: Files, *endings: str) -> tuple[str, ...]:
    found = [
        path
        for path in files.tree.ending(*endings)
        if files.tree.sizes[path] <= SOURCE_BYTES and not aside(path) and not _foreign(path)
    ]
    if len(found) > SOURCE_FILES:
        found.sort(key=lambda path: (_FIRST.search(path.rpartition("/")[2]) is None, path.count("/"), path))
    return tuple(found[:SOURCE_FILES])


@lru_cache(maxsize=1 << 16)
def _foreign(path: str) -> bool:
    return bool(_FOREIGN.search(path) or _DEVELOPMENT.search(path))


def has_below(files: Files, prefix: str) -> bool:
    """Whether any path begins with ``prefix``."""
    paths = files.tree.paths
    index = bisect_left(paths, prefix)
    return index < len(paths) and paths[index].startswith(prefix)


def project(kind: str, value: str, path: str, line: int, shown: str, how: str) -> Fact:
    """A fact about the project folder that holds ``path``; ``how`` is kept when the line ``shown`` does not say it."""
    derived = "" if value.lower() in shown.lower() else how
    return Fact(kind, value, value, f"{path}:{line}", how=derived, scope=folder(path))


_MANIFESTS = (
    *("package.json", "Gemfile", "pom.xml", "build.gradle", "build.gradle.kts", "go.mod", "Cargo.toml", "mix.exs"),
    *("composer.json", "pyproject.toml", "requirements.txt", "manage.py", "setup.py", "Pipfile", "CMakeLists.txt"),
)


def owner(files: Files, path: str) -> str:
    """The nearest folder above ``path`` that holds a project's dependency file; "" when none does."""
    here = folder(path)
    while here:
        inside = files.tree.within(here)
        if any(f"{here}/{name}" in files.tree for name in _MANIFESTS) or any(p.endswith(".csproj") for p in inside):
            return here
        here = folder(here)
    return ""
