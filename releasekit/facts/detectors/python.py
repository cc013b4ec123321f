"""Python projects: language, web framework and version from dependency files. Knows neither settings nor migrations."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_at, line_with, project
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

FRAMEWORKS = {
    **{name: name for name in ("django", "flask", "fastapi", "tornado", "sanic", "pyramid", "bottle", "falcon")},
    **{name: name for name in ("litestar", "quart", "streamlit", "gradio", "robyn", "starlette", "cherrypy", "dash")},
    **{name: name for name in ("masonite", "nicegui", "connexion", "blacksheep", "web2py", "turbogears2")},
}
# frameworks that bring another one along, which is then not worth a fact of its own
_BUILT_ON = {"starlette": {"fastapi"}, "flask": {"connexion", "dash"}, "tornado": {"streamlit"}}
_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt", "requirements.in", "manage.py")
_REQUIREMENTS = Expression(r"(^|/)requirements([-_.][\w-]+)?\.(txt|in)$|(^|/)requirements/[\w.-]+\.(txt|in)$")
_DEVELOPMENT = Expression(r"(dev|test|lint|doc|typing|ci|local|tool|bench|example)", re.IGNORECASE)
_NAME = Expression(r"\s*['\"]?([A-Za-z0-9][A-Za-z0-9._-]*)")
_SETUP_REQUIRE = Expression(r"['\"]([A-Za-z][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*([<>=!~][^'\"]*)?['\"]")
_CFG_REQUIRE = Expression(r"^\s+([\w.-]+)", re.MULTILINE)
_SETUP_VERSION = Expression(r"^\s*version\s*=\s*['\"]?([\w.+-]+)['\"]?\s*,?\s*$", re.MULTILINE)
_DUNDER = Expression(r"^__version__(?:\s*:\s*str)?\s*=\s*['\"]([^'\"]+)['\"]", re.MULTILINE)
_DUNDER_FILES = ("__init__.py", "__about__.py", "_version.py", "__version__.py", "version.py")

Dependency = tuple[str, str, int]  # normalised name, path, line


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each folder with Python dependency files."""
    for scope, paths in sorted(_projects(files).items()):
        dependencies = [found for path in paths for found in _dependencies(files, path)]
        if not dependencies and not any(path.endswith(("setup.py", "manage.py", "setup.cfg")) for path in paths):
            continue
        yield _language(files, scope, paths)
        yield from _frameworks(scope, dependencies)
        for path in paths:
            yield from _version(files, path)
        yield from _dunders(files, scope)


def _projects(files: Files) -> dict[str, list[str]]:
    """Dependency files by the folder of the project they belong to, the most telling first."""
    found: dict[str, list[str]] = {}
    for path in kept(files.tree.named(*_MANIFESTS)):
        found.setdefault(folder(path), []).append(path)
    for path in kept(files.tree.ending(".txt", ".in")):
        match = _REQUIREMENTS.search(path)
        if match and not _DEVELOPMENT.search(path.rpartition("/")[2].removeprefix("requirements")):
            scope = folder(path)
            scope = folder(scope) if scope.rpartition("/")[2] == "requirements" else scope
            if path not in found.setdefault(scope, []):
                found[scope].append(path)
    for paths in found.values():
        # what pip-compile made of a .in file lists packages that nobody chose
        paths[:] = [path for path in paths if not (path.endswith(".txt") and f"{path[:-4]}.in" in paths)]
        paths.sort(key=lambda path: (_rank(path), path))
    return found


def _rank(path: str) -> int:
    name = path.rpartition("/")[2]
    return _MANIFESTS.index(name) if name in _MANIFESTS else len(_MANIFESTS)


def _language(files: Files, scope: str, paths: list[str]) -> Fact:
    path = paths[0]
    text = files.text(path)
    line = line_with(text, "requires-python", line_with(text, "python", 1))
    lines = text.split("\n")
    shown = lines[min(line, len(lines)) - 1]
    fact = project("language", "python", path, line, shown, "a file of Python's package tools")
    return Fact(
        fact.kind,
        fact.name,
        fact.value,
        fact.source,
        also=tuple(f"{path}:1" for path in paths[1:]),
        how=fact.how,
        scope=scope,
    )


def _frameworks(scope: str, dependencies: list[Dependency]) -> Iterator[Fact]:
    names = {name for name, _, _ in dependencies}
    seen: set[str] = set()
    for name, path, line in dependencies:
        value = FRAMEWORKS.get(name)
        if value and value not in seen and not _BUILT_ON.get(value, set()) & names:
            seen.add(value)
            yield Fact("framework", value, value, f"{path}:{line}", scope=scope)


def _dependencies(files: Files, path: str) -> Iterator[Dependency]:
    name = path.rpartition("/")[2]
    if name == "pyproject.toml":
        yield from _pyproject(files.toml(path), path)
    elif name == "Pipfile":
        root = files.toml(path).at("packages")
        yield from ((_normal(key), path, root.line_of(key)) for key, _ in root.items())
    elif name in {"setup.py", "setup.cfg"}:
        yield from _setup(files.text(path), path)
    elif name != "manage.py":
        for number, line in files.lines(path):
            match = _NAME.match(line)
            if match and not line.lstrip().startswith(("#", "-")):
                yield _normal(match[1]), path, number


def _pyproject(root: Node, path: str) -> Iterator[Dependency]:
    for element in root.at("project", "dependencies"):
        match = _NAME.match(element.text)
        if match:
            yield _normal(match[1]), path, element.line
    poetry = root.at("tool", "poetry", "dependencies")
    yield from ((_normal(key), path, poetry.line_of(key)) for key, _ in poetry.items() if key != "python")


def _setup(text: str, path: str) -> Iterator[Dependency]:
    start = text.find("install_requires")
    if start < 0:
        return
    block = text[start : start + 4_000]
    block = block[: block.find("]")] if path.endswith(".py") and "]" in block else block.partition("\n[")[0]
    pattern = _SETUP_REQUIRE if path.endswith(".py") else _CFG_REQUIRE
    for match in pattern.finditer(block):
        yield _normal(match[1]), path, line_at(text, start + match.start(1))


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(files: Files, path: str) -> Iterator[Fact]:
    name = path.rpartition("/")[2]
    if name == "pyproject.toml":
        root = files.toml(path)
        for table in (root.at("project"), root.at("tool", "poetry")):
            node = table.at("version")
            if node:
                yield from version(path, node.line, node.text)
    elif name in {"setup.py", "setup.cfg"}:
        text = files.text(path)
        match = _SETUP_VERSION.search(text) or re.search(r"\bversion\s*=\s*['\"]([^'\"]+)['\"]", text)
        if match:
            yield from version(path, line_at(text, match.start(1)), match[1])


def _dunders(files: Files, scope: str) -> Iterator[Fact]:
    """``__version__`` in the packages directly below the project's folder or its ``src``."""
    places = {scope, f"{scope}/src".strip("/")}
    for path in kept(files.tree.named(*_DUNDER_FILES)):
        package = folder(path)
        if package and folder(package) in places and 0 < files.tree.sizes[path] < 20_000:
            text = files.text(path)
            match = _DUNDER.search(text)
            if match:
                for fact in version(path, line_at(text, match.start(1)), match[1]):
                    yield Fact(fact.kind, fact.name, fact.value, fact.source, scope=scope)
