"""Alembic and Django migrations: folders and heads, from syntax trees that are never imported."""

import ast
import re
from collections.abc import Iterator

from releasekit.facts.code import folder, has_below, join, kept, line_with, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.projects.migrations import History, Revision, facts
from releasekit.syntax.expression import Expression

_LOCATION = Expression(r"^\s*script_location\s*=\s*(\S+)", re.MULTILINE)
_DJANGO_FILE = Expression(r"(?P<folder>(?:.*/)?migrations)/(?P<name>[A-Za-z0-9]\w*)\.py$")
_HERE = Expression(r"%\(here\)s/?|^\./")


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Each Alembic environment and each Django project with migrations."""
    yield from _alembic(files)
    yield from _django(files)


def _alembic(files: Files) -> Iterator[Fact | Finding]:
    places = dict(_environments(files))
    for location, (source, scope) in sorted(places.items()):
        revisions = tuple(_alembic_revisions(files, location))
        said = "script_location" in source
        how = "script_location names it" if said else "an Alembic environment (env.py, script.py.mako, versions)"
        yield from facts(History("alembic", location, scope, source.removesuffix(" script_location"), how, revisions))


def _environments(files: Files) -> Iterator[tuple[str, tuple[str, str]]]:
    """(folder of the environment, (source, scope)); what an ini file says comes last and wins."""
    for path in kept(files.tree.named("script.py.mako")):
        location = folder(path)
        if f"{location}/env.py".lstrip("/") in files.tree:
            yield location, (f"{location}/env.py:1".lstrip("/"), owner(files, path))
    for path in kept((*files.tree.named("alembic.ini", "pyproject.toml"), *files.tree.ending("_alembic.ini"))):
        text = files.text(path)
        match = _LOCATION.search(text) if "alembic" in text else None
        if not match:
            continue
        said = match[1].strip("\"'")
        where = join(
            folder(path),
            _HERE.sub("", said).partition(":")[2].replace(".", "/") if ":" in said else _HERE.sub("", said),
        )
        if has_below(files, f"{where}/"):
            line = line_with(text, match[0].strip())
            yield where, (f"{path}:{line} script_location", folder(path))


def _alembic_revisions(files: Files, location: str) -> Iterator[Revision]:
    prefix = f"{location}/".lstrip("/")
    for path in files.tree.paths:
        if not path.startswith(prefix) or not path.endswith(".py") or path.endswith(("/env.py", "__init__.py")):
            continue
        if "versions" not in path[len(prefix) :].split("/")[:-1] and not _names_versions(files, location, path):
            continue
        module = files.python(path)
        said = dict(_assigned(module.body)) if module else {}
        revision = said.get("revision")
        if revision is not None and isinstance(_literal(revision.value), str):
            down = said.get("down_revision")
            name = str(_literal(revision.value))
            parents = _texts(_literal(down.value)) if down else ()
            after = f"{path}:{down.lineno}" if down else ""
            yield Revision(name, f"{path}:{revision.lineno}", parents, after)


def _names_versions(files: Files, location: str, path: str) -> bool:
    """Whether revisions may lie outside ``versions``: the environment has no such folder."""
    return not has_below(files, f"{location}/versions/".lstrip("/")) and "down_revision" in files.text(path)


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.Assign | ast.AnnAssign]]:
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            yield statement.targets[0].id, statement
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, tuple | list | set) else ()


def _django(files: Files) -> Iterator[Fact | Finding]:
    apps: dict[str, list[str]] = {}
    for path in kept(files.tree.ending(".py")):
        match = _DJANGO_FILE.fullmatch(path)
        if match and (f"{match['folder']}/__init__.py" in files.tree or re.match(r"\d{4}_", match["name"])):
            apps.setdefault(match["folder"], []).append(path)
    projects: dict[str, list[str]] = {}
    for where, paths in sorted(apps.items()):
        revisions = _django_revisions(files, where, paths)
        if revisions:
            scope = _project(files, where)
            projects.setdefault(scope, []).append(where)
            yield from facts(History("django", where, scope, "", "", revisions), tool=False)
    for scope, folders in projects.items():
        first = min(path for path in apps[folders[0]] if not path.endswith("__init__.py"))
        line = line_with(files.text(first), "django")
        how = "its migrations import django.db"
        yield Fact("migration_tool", _together(folders), "django", f"{first}:{line}", how=how, scope=scope)


def _project(files: Files, where: str) -> str:
    here = where
    while here:
        here = folder(here)
        if f"{here}/manage.py".lstrip("/") in files.tree:
            return here
    return owner(files, f"{where}/x")


def _together(folders: list[str]) -> str:
    """The folder under which all apps lie; the one migrations folder when there is only one."""
    if len(folders) == 1:
        return folders[0]
    parts = [where.split("/") for where in folders]
    shared: list[str] = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared) or "."


def _django_revisions(files: Files, where: str, paths: list[str]) -> tuple[Revision, ...]:
    label = folder(where).rpartition("/")[2]
    found: dict[str, tuple[str, list[tuple[str, str]], str]] = {}
    replaced: dict[str, str] = {}
    for path in sorted(paths):
        module = files.python(path) if "migrations" in files.text(path) and "Migration" in files.text(path) else None
        name = path.rpartition("/")[2].removesuffix(".py")
        for node in module.body if module else ():
            if isinstance(node, ast.ClassDef) and node.name == "Migration":
                said = dict(_assigned(node.body))
                needs = said.get("dependencies")
                after = f"{path}:{needs.lineno}" if needs else f"{path}:{node.lineno}"
                found[name] = (f"{path}:{node.lineno}", list(_pairs(needs)), after)
                replaced.update({old: name for _, old in _pairs(said.get("replaces"))})
    kept_names = {name for name in found if replaced.get(name, name) == name}
    own_label = label if any(pair[0] == label for _, pairs, _ in found.values() for pair in pairs) else None
    revisions = []
    for name in sorted(kept_names):
        source, pairs, after = found[name]
        parents = {
            replaced.get(old, old) for app, old in pairs if (own_label is None or app == own_label) and old in found
        } - {name}
        revisions.append(Revision(name, source, tuple(sorted(parents)), after))
    return tuple(revisions)


def _pairs(statement: ast.Assign | ast.AnnAssign | None) -> Iterator[tuple[str, str]]:
    """The (app, name) pairs of a list of dependencies; calls such as swappable_dependency are left out."""
    value = statement.value if statement else None
    for element in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
        pair = _literal(element)
        if isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair):
            yield str(pair[0]), str(pair[1])
