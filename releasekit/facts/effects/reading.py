"""Which reader understands the migrations of which tool. Knows the tools' file names; knows no statement."""

import re

from releasekit.facts.effects import alembic, django, javascript, rails
from releasekit.facts.effects.model import Effect, Effects, Operation
from releasekit.facts.effects.sql import classify
from releasekit.facts.files import Files
from releasekit.syntax.expression import Expression

# where the way down begins in files that hold both directions (goose, dbmate, Rambler, sql-migrate)
_DOWN = Expression(r"^\s*--\s*(\+goose\s+down|migrate:down|rambler\s+down|\+migrate\s+down|rollback\b)", re.IGNORECASE)
_UNDONE = Expression(r"(\.down\.sql|/down\.sql|/U\d[^/]*\.sql|_down\.sql|\.undo\.sql)$")
_SCRIPTS = {".js": "javascript", ".cjs": "javascript", ".mjs": "javascript", ".ts": "typescript"}


def is_migration(path: str, tool: str) -> bool:
    """Whether a file of a migration folder is a migration that goes forward."""
    name = path.rpartition("/")[2]
    if _UNDONE.search("/" + path) or name.startswith(("__init__", ".", "README")):
        return False
    if tool == "alembic":
        return name.endswith((".py", ".sql")) and name != "env.py" and "/versions/" in "/" + path
    if tool == "django":
        return name.endswith(".py") and name[:4].isdigit()
    if tool == "prisma":
        return name == "migration.sql"
    if tool in {"rails", "activerecord"}:
        return name.endswith(".rb") and name[:8].isdigit()
    return name.endswith((".sql", ".py", ".rb", ".xml", ".yaml", ".yml", ".cs", ".php", ".exs", *_SCRIPTS))


def read(files: Files, path: str, tool: str, dialect: str | None) -> Effects:
    """The effects of one migration; one operation of effect ``unknown`` when no reader understands the file."""
    text = files.text(path)
    ending = "." + path.rpartition(".")[2]
    if ending == ".py":
        module = files.python(path)
        if module is not None:
            return django.read(module, dialect) if tool == "django" else alembic.read(module, dialect)
    elif ending == ".rb" and text:
        return rails.read(text, dialect)
    elif ending == ".sql" and text:
        return _sql(files, path, text, dialect)
    elif ending in _SCRIPTS and text:
        return javascript.read(text, _SCRIPTS[ending], dialect)
    return Effects((Operation(Effect.UNKNOWN, f"no reader understands {tool} migrations in {ending} files", 1),), None)


def _sql(files: Files, path: str, text: str, dialect: str | None) -> Effects:
    lines = text.split("\n")
    down = next((number for number, line in enumerate(lines) if _DOWN.match(line)), len(lines))
    below = "\n".join(line for line in lines[down + 1 :] if not line.lstrip().startswith("--")).strip()
    reversible = bool(below) or _has_counterpart(files, path)
    return Effects(classify("\n".join(lines[:down]), dialect), reversible)


def _has_counterpart(files: Files, path: str) -> bool:
    """A file beside it that undoes it: ``x.up.sql`` and ``x.down.sql``, Flyway's ``V1__x.sql`` and ``U1__x.sql``."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".sql")
    wanted = {
        f"{stem.removesuffix('.up')}.down.sql",
        f"{stem}_down.sql",
        f"{stem}.undo.sql",
        f"U{stem[1:]}.sql" if stem.startswith("V") else "",
        "down.sql" if name == "up.sql" else "",
    }
    here = {other.rpartition("/")[2] for other in files.tree.within(folder)}
    return bool(here & (wanted - {"", name}))
