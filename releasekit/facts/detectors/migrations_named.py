"""Migration tools whose order is the file name: Rails, Flyway, Prisma, Knex, goose and their like. Runs none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import folder, kept, line_at, line_with, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.projects.migrations import History, Revision, facts, in_line
from releasekit.syntax.expression import Expression


@dataclass(frozen=True, slots=True)
class Rule:
    """How a tool's files are named (``folder`` and ``id`` of the path) and what the newest one must contain."""

    tool: str
    path: Expression
    evidence: Expression | None = None
    near: str = ""


def _rule(tool: str, path: str, evidence: str = "", near: str = "") -> Rule:
    whole = rf"(?P<folder>(?:.*/)?{path}"
    return Rule(tool, Expression(whole), Expression(evidence) if evidence else None, near)


_SCRIPT = r"[\w.-]*)/(?P<id>\d{8,17}[-_.]?[\w.-]*)\.(?:[cm]?js|ts)"
_SQL = r"[\w.-]*)/(?P<id>\d+[-_.]?[\w.-]*)\.sql"
# The first rule that fits wins: those with evidence in the text stand before those with a name alone.
RULES: tuple[Rule, ...] = (
    _rule("rails", r"db/(?:\w+_)?migrate)/(?P<id>\d{3,14}_\w+)\.rb", r"ActiveRecord::Migration"),
    _rule("sequel", r"(?:db/)?migrat\w+)/(?P<id>\d{3,14}_\w+)\.rb", r"Sequel\.migration"),
    _rule("prisma", r"[\w.-]*migrations?[\w.-]*)/(?P<id>\d{1,17}_[^/]*)/migration\.sql"),
    _rule("diesel", r"migrations)/(?P<id>[^/]*\d[^/]*)/up\.sql"),
    _rule("flyway", r"[^/]+)/(?P<id>V\d+(?:[._]\d+)*__[^/]+)\.(?:sql|java|kt)"),
    _rule(
        "goose", r"[\w.-]*)/(?P<id>\d+_[\w.-]+)\.(?:sql|go)", r"\+goose Up|goose\.AddMigration|goose\.AddNamedMigration"
    ),
    _rule("dbmate", _SQL, r"(?m)^--\s*migrate:up"),
    _rule("sql-migrate", _SQL, r"(?m)^--\s*\+migrate Up"),
    _rule("atlas", _SQL, near="atlas.sum"),
    _rule("sqlx", r"migrations[\w.-]*)/(?P<id>\d+_[\w.-]+?)(?:\.up)?(?<!\.down)\.sql", near="Cargo.toml"),
    _rule("golang-migrate", r"[\w.-]*)/(?P<id>\d+_[\w.-]+)\.up\.sql"),
    _rule("typeorm", _SCRIPT, r"MigrationInterface"),
    _rule("mikro-orm", r"[\w.-]*)/(?P<id>Migration\d{14}\w*)\.(?:js|ts)", r"mikro-orm"),
    _rule("adonis", _SCRIPT, r"adonisjs|BaseSchema"),
    _rule("db-migrate", _SCRIPT, r"db-migrate|\bdbm\b|exports\._meta|\bdb\.runSql\b"),
    _rule("node-pg-migrate", _SCRIPT, r"\bpgm\b|node-pg-migrate"),
    _rule("sequelize", _SCRIPT, r"\bqueryInterface\b|QueryInterface"),
    _rule("knex", _SCRIPT, r"\bknex\b|\bKnex\b"),
    _rule("kysely", _SCRIPT, r"\bKysely\b"),
    _rule("migrate-mongo", _SCRIPT, r"\bup\s*\(\s*db\b|async up"),
    _rule("ef", r"[^/]+)/(?P<id>\d{14}_\w+)\.cs", r":\s*Migration\b"),
    _rule("fluentmigrator", r"[^/]+)/(?P<id>\w*\d{6,}\w*)\.cs", r"\[Migration\("),
    _rule("laravel", r"database/migrations[\w/]*)/(?P<id>\d{4}_\d\d_\d\d_\d{6}_\w+)\.php", r"Migration"),
    _rule("doctrine", r"[^/]*)/(?P<id>Version\d{14})\.php", r"AbstractMigration"),
    _rule("phinx", r"[^/]*)/(?P<id>\d{14}_\w+)\.php", r"AbstractMigration|Phinx"),
    _rule("ecto", r"priv/[\w/]*migrations)/(?P<id>\d{8,14}_\w+)\.exs", r"Ecto\.Migration"),
    _rule("sea-orm", r"[^/]*)/(?P<id>m\d{8}_\d{6}_\w+)\.rs", r"MigrationTrait|sea_orm"),
    _rule("aerich", r"migrations/[\w/]+)/(?P<id>\d+_\d{14}_\w+)\.py", r"async def upgrade"),
    _rule("yoyo", r"[^/]*)/(?P<id>\d{4,}[_.-][\w.-]+)\.py", r"\byoyo\b"),
    _rule("play-evolutions", r"conf/evolutions/\w+)/(?P<id>\d+)\.sql", r"!Ups"),
)
# these read all folders below, or are given several
_RECURSIVE = frozenset(("flyway", "laravel", "ef", "rails"))
_CANDIDATE = Expression(
    r".*/(?:[Vm]?\d[^/]*\.(?:sql|rb|[cm]?js|ts|cs|php|exs|rs|go|py|java|kt)"
    r"|(?:migration|up)\.sql|Version\d+\.php|Migration\d+\w*\.(?:js|ts)|\w*\d{6,}\w*\.cs)"
)
_FOLDERS = Expression(r"migrat|evolution|versions|db(/|$)|schema|sql|drizzle", re.IGNORECASE)
_LEAVE_OUT = Expression(r"\.(Designer\.cs|d\.ts)$|\.down\.sql$|/(seeds?|seeders)/")


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Each folder whose files one of the tools would run, with its newest migration."""
    groups: dict[str, list[str]] = {}
    for path in kept(files.tree.paths):
        if _CANDIDATE.fullmatch(path) and not _LEAVE_OUT.search(path) and _FOLDERS.search(folder(path)):
            groups.setdefault(_home(path), []).append(path)
    tools: dict[str, str] = {}
    for where, paths in sorted(groups.items()):
        found = list(_history(files, where, paths))
        tool = next((str(fact.value) for fact in found if isinstance(fact, Fact) and fact.kind == "migration_tool"), "")
        # a tool that takes the files of one folder does not look into those below
        if tool and (tools.get(folder(where)) != tool or tool in _RECURSIVE):
            tools[where] = tool
            yield from found
    yield from _drizzle(files)


def _home(path: str) -> str:
    """The folder that a tool is pointed to: one above for tools with a folder a migration, or a folder a vendor."""
    where = folder(path)
    if path.endswith(("/migration.sql", "/up.sql")):
        return folder(where)
    parent, _, name = where.rpartition("/")
    # Flyway reads below its location: a folder for each database vendor or version
    if parent.endswith(("db/migration", "db/migrations")) and re.match(r".*/V\d", path) and name:
        return parent
    return where


def _history(files: Files, where: str, paths: list[str]) -> Iterator[Fact | Finding]:
    for rule in RULES:
        found = {path: match for path in paths if (match := rule.path.fullmatch(path))}
        if not found or (rule.near and not _near(files, where, rule.near)):
            continue
        newest = in_line([Revision(match["id"], path) for path, match in found.items()])[-1]
        text = files.text(newest.source)
        evidence = rule.evidence.search(text) if rule.evidence else None
        if rule.evidence and not evidence:
            continue
        by_id = {match["id"]: path for path, match in found.items()}
        revisions = in_line([Revision(name, f"{path}:1") for name, path in by_id.items()])
        line = line_at(text, evidence.start()) if evidence else 1
        last = Revision(newest.name, f"{newest.source}:{line}", revisions[-1].parents, f"{newest.source}:{line}")
        how = f"its files are named and written as {rule.tool} wants them"
        scope = owner(files, newest.source)
        yield from facts(History(rule.tool, where, scope, last.source, how, (*revisions[:-1], last)))
        return


def _near(files: Files, where: str, name: str) -> bool:
    """Whether ``name`` lies in the folder or, for a dependency file, names the tool in the project above."""
    if f"{where}/{name}" in files.tree:
        return True
    here = where
    while here and name == "Cargo.toml":
        here = folder(here)
        path = f"{here}/{name}".lstrip("/")
        if path in files.tree and "sqlx" in files.text(path):
            return True
    return False


def _drizzle(files: Files) -> Iterator[Fact | Finding]:
    """Drizzle keeps the order in ``meta/_journal.json``."""
    for path in kept(files.tree.named("_journal.json")):
        entries = [entry for entry in files.json(path).at("entries") if entry.at("tag").text]
        where = folder(folder(path))
        if entries and path.endswith("/meta/_journal.json"):
            revisions = tuple(
                Revision(entry.at("tag").text, f"{path}:{entry.at('tag').line}", parents)
                for entry, parents in zip(entries, [(), *((e.at("tag").text,) for e in entries[:-1])], strict=True)
            )
            how = "the journal that drizzle-kit writes"
            line = line_with(files.text(path), "entries")
            yield from facts(History("drizzle", where, owner(files, path), f"{path}:{line}", how, revisions))
