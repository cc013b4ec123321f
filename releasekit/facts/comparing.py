"""Two analyses to what changed between them: migrations with their effects, settings, flags, images, dependencies."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from releasekit.facts.change import Change, KeyChange, Migration
from releasekit.facts.effects import reading
from releasekit.facts.effects.model import Effect
from releasekit.facts.effects.restyled import restyled
from releasekit.facts.files import Files
from releasekit.facts.model import Analysis, Fact
from releasekit.facts.ways import counting
from releasekit.syntax.expression import Expression
from releasekit.tree import Tree

# kinds of facts whose coming, going and changing matters to a release, and how people call them
COMPARED = {
    "env_required": "setting",
    "secret": "secret",
    "feature_flag": "flag",
    "image": "image",
    "host": "host",
    "port": "port",
    "service": "service",
    "cronjob": "scheduled job",
}
_NAMED_BY_VALUE = frozenset({"host", "port"})
_CODE = (
    ".py",
    ".rb",
    ".js",
    ".ts",
    ".tsx",
    ".jsx",
    ".mjs",
    ".go",
    ".java",
    ".kt",
    ".cs",
    ".php",
    ".rs",
    ".ex",
    ".sql",
    ".erb",
)
_DIALECTS = {"postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite", "mssql": "tsql"}
_PLACES = 5


def compare(change: Change, before: Tree | None, was: Analysis | None, after: Tree, now: Analysis) -> Change:
    """The change with its migrations and keys filled in.

    Without ``before`` and ``was`` (a first release, or a running version that cannot be read) it is returned as it is.
    """
    if before is None or was is None or change.unknown:
        return change
    migrations = tuple(_migrations(change, Files(after), now, Files(before)))
    keys = (*_keys(was, now), *_dependencies(change, before, after))
    return replace(change, migrations=migrations, keys=keys)


def _migrations(change: Change, files: Files, now: Analysis, before: Files) -> Iterator[Migration]:
    folders = {_folder(fact): str(fact.value) for fact in now.of("migration_tool")}
    folders |= {fact.name: folders.get(fact.name, _tool(now)) for fact in now.of("migration_head_count")}
    dialect = _dialect(now)
    for touched in change.files:
        tool = _of(touched.path, folders)
        if not tool or touched.status == "D" or not reading.is_migration(touched.path, tool):
            continue
        if touched.status == "M" and _restyled(before, files, touched.path):
            continue
        effects = reading.read(files, touched.path, tool, dialect)
        decides = effects.decides
        revision = PurePosixPath(touched.path)
        name = revision.parent.name if revision.stem == "migration" else revision.stem
        changed = touched.status != "A"
        effect = Effect.UNKNOWN if changed else decides.effect if decides else Effect.ADDITIVE
        if not changed and effect is Effect.DESTRUCTIVE and effects.reversible is False:
            effect = Effect.IRREVERSIBLE
        statement = (
            "this migration was changed after it was released" if changed else decides.statement if decides else ""
        )
        line = decides.line if decides else 1
        removes = decides.removes if decides else ""
        yield Migration(
            revision=name,
            path=touched.path,
            effect=str(effect),
            statement=statement,
            source=f"{touched.path}:{line}",
            reversible=effects.reversible,
            tool=tool,
            removes=removes,
            read_by=_readers(before, removes, folders) if removes else (),
        )


def _restyled(before: Files, after: Files, path: str) -> bool:
    was, now = (files.python(path) if path.endswith(".py") else None for files in (before, after))
    return was is not None and now is not None and restyled(was, now)


def _folder(fact: Fact) -> str:
    return "" if fact.name == "." else fact.name


def _tool(now: Analysis) -> str:
    tools = now.of("migration_tool")
    return str(tools[0].value) if tools else ""


def _of(path: str, folders: dict[str, str]) -> str:
    """The tool of the nearest migration folder above a path; "" when there is none."""
    above = [folder for folder in folders if not folder or path.startswith(folder + "/")]
    return folders[max(above, key=len)] if above else ""


def _dialect(now: Analysis) -> str | None:
    for fact in now.of("datastore"):
        if str(fact.value) in _DIALECTS:
            return _DIALECTS[str(fact.value)]
    return "postgres"


def _readers(before: Files, removes: str, folders: dict[str, str]) -> tuple[str, ...]:
    """Where the running version's code names what is taken away, outside its migrations and tests."""
    names = [part.strip().rpartition(".")[2] for part in removes.split(",")]
    words = [name for name in names if re.fullmatch(r"\w{3,}", name)]
    if not words:
        return ()
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b")
    found: list[str] = []
    for path in before.tree.ending(*_CODE):
        parts = set(PurePosixPath(path).parts)
        if parts & {"tests", "test", "spec", "migrations", "migrate", "node_modules"} or _of(path, folders):
            continue
        found += [f"{path}:{number}" for number, line in before.lines(path) if pattern.search(line)]
        if len(found) >= _PLACES:
            break
    return tuple(found[:_PLACES])


def _keys(was: Analysis, now: Analysis) -> Iterator[KeyChange]:
    for kind, called in COMPARED.items():
        old, new = _table(was, kind), _table(now, kind)
        for name in sorted(old.keys() | new.keys()):
            before, after = old.get(name), new.get(name)
            values = [None if fact is None else str(fact.value) for fact in (before, after)]
            fact = after or before
            if fact is not None and (before is None or after is None or values[0] != values[1]):
                yield KeyChange(called, name, values[0], values[1], fact.source)


def _table(analysis: Analysis, kind: str) -> dict[str, Fact]:
    table: dict[str, Fact] = {}
    own = counting(analysis.facts)
    for fact in sorted(analysis.of(kind), key=lambda fact: fact.way not in own):
        name = f"{fact.service or ''} {fact.value}".strip() if kind in _NAMED_BY_VALUE else fact.name
        if kind == "image":
            name = f"{fact.service}: {fact.name}" if fact.service else fact.name
        table.setdefault(name, fact)
    return table


# a pinned or at least bounded version in requirements.txt, pyproject.toml, package.json, Gemfile.lock and the like
_PINS = (
    (
        Expression(r"(^|/)requirements[\w.-]*\.txt$"),
        Expression(r"^\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*[=~]=\s*v?(\d+)"),
    ),
    (Expression(r"(^|/)package\.json$"), Expression(r'^\s*"(@?[\w./-]+)"\s*:\s*"[\^~]?v?(\d+)\.')),
    (
        Expression(r"(^|/)pyproject\.toml$"),
        Expression(r"""^\s*"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*[=~>]=\s*v?(\d+)"""),
    ),
    (Expression(r"(^|/)Gemfile\.lock$"), Expression(r"^    ([\w-]+) \((\d+)\.")),
    (Expression(r"(^|/)go\.mod$"), Expression(r"^\s+(\S+) v(\d+)\.")),
)


def _dependencies(change: Change, before: Tree, after: Tree) -> Iterator[KeyChange]:
    """Dependencies that were raised (or lowered) over a major version, from the files that changed."""
    old_files, new_files = Files(before), Files(after)
    for touched in change.files:
        pin = next((pattern for name, pattern in _PINS if name.search(touched.path)), None)
        if pin is None or touched.status not in {"M", "R"}:
            continue
        old = _majors(old_files, touched.old_path or touched.path, pin)
        for name, (major, number) in _majors(new_files, touched.path, pin).items():
            if name in old and old[name][0] != major:
                yield KeyChange("dependency", name, old[name][0], major, f"{touched.path}:{number}")


def _majors(files: Files, path: str, pin: Expression) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for number, line in files.lines(path):
        if match := pin.match(line):
            found.setdefault(match[1], (match[2], number))
    return found
