"""The database in a release: its migrations, the command that runs them and where, a backup, a connection."""

import re
from collections.abc import Iterator

from releasekit.checklist.context import Context, about, some, unused
from releasekit.checklist.database import is_script, restores
from releasekit.checklist.details.checks import check
from releasekit.checklist.model import Detail
from releasekit.checklist.rollback import downgrade_command
from releasekit.checklist.words import listed, plural
from releasekit.facts.change import Migration
from releasekit.facts.model import Fact

# What each tool answers when asked where the schema stands, written over the command with which it goes forward.
_ASK = (
    (re.compile(r"^(.*?\balembic\b.*?)\s*\bupgrade\b.*"), r"\1 current", "{head} (head)"),
    (re.compile(r"^(.*?manage(?:\.py)?)\s+migrate\b.*"), r"\1 migrate --check", "exit status 0"),
    (re.compile(r"^(.*?)\bdb:(?:migrate|prepare)\b.*"), r"\1db:migrate:status", "no migration is down"),
    (re.compile(r"^(.*?)\bprisma migrate deploy\b.*"), r"\1prisma migrate status", "Database schema is up to date"),
    (re.compile(r"^(.*?)\bflyway\b(.*?)\s+migrate\b.*"), r"\1flyway\2 info", "no migration is Pending"),
    (re.compile(r"^(.*?)\bliquibase\b(.*?)\s+update\b.*"), r"\1liquibase\2 status", "is up to date"),
    (re.compile(r"^(.*?)\bmigrate:latest\b.*"), r"\1migrate:status", "no migration is pending"),
    (
        re.compile(r"^(.*?)\bsequelize(-cli)?\s+db:migrate\b.*"),
        r"\1sequelize\2 db:migrate:status",
        "no migration is down",
    ),
    (re.compile(r"^(.*?)\bgoose\b(.*?)\s+up\b.*"), r"\1goose\2 status", "no migration is Pending"),
)


def migration_checks(c: Context) -> Iterator[Detail]:
    """The new migrations with what each does, heads, and a try there and back."""
    yield from some(map(_classed, c.change.migrations), "migrations", 12)
    if c.compares and not c.change.migrations:
        yield Detail(f"No migration differs between {c.release.old} and {c.release.new}.")
    elif not c.compares and c.of("migration_tool"):
        why = "first release: all migrations run" if c.change.first else "which migrations are new is not known"
        yield Detail(f"{why[0].upper()}{why[1:]}.", warns=not c.change.first)
    yield from _heads(c)
    commands = c.of("migration_command")
    if c.of("migration_tool") and c.change.migrations:
        yield Detail("Try them on a restored copy of production, there and back, with the running version's code:")
        for fact in commands[:1]:
            yield about(fact, "forward", code=str(fact.value), expect="exit status 0, and how long it took")
            back = downgrade_command(fact, len(c.change.migrations))
            if back and all(migration.reversible for migration in c.change.migrations):
                yield Detail("back", code=back, expect="exit status 0")
    if not c.of("migration_tool", "migration_command", "migration_head") and not c.change.migrations:
        yield c.nothing("migration", "the folders and settings of migration tools")


def _classed(migration: Migration) -> Detail:
    undo = {True: "has a way back", False: "has no way back", None: "way back not known"}[migration.reversible]
    if migration.reversible and migration.effect == "destructive":
        undo = "its way back brings the structure back, not the data"
    unknown = migration.effect == "unknown"
    why = f" ({migration.statement})" if unknown and migration.statement else ""
    text = f"{migration.revision or migration.path}: {migration.effect}, {undo}{why}."
    where = migration.source or migration.path
    return Detail(text, "" if unknown else migration.statement, "", where, migration.effect != "additive")


def _heads(c: Context) -> Iterator[Detail]:
    heads = c.of("migration_head")
    for fact in c.of("migration_head_count"):
        if isinstance(fact.value, int) and fact.value > 1:
            yield about(fact, f"{fact.name} has {fact.value} heads: merge them first.", warns=True)
    yield from some(
        (about(fact, f"Newest migration{f' in {fact.name}' if fact.name else ''}: {fact.value}.") for fact in heads),
        "heads",
    )


def migrations_executed(c: Context) -> Iterator[Detail]:
    """What runs the migrations, which are new, and what the schema says before and after."""
    if c.rollback.no_return:
        yield c.rollback.no_return
    commands = c.of("migration_command")
    for fact in commands:
        yield about(fact, f"The repository migrates with {_said(fact)}{_where(c, fact)}.")
    runs = {fact.service: fact for fact in c.of("migration_runs")}
    yield from map(_runs, runs.values())
    if not commands:
        yield c.nothing("command that migrates", "start scripts", "jobs", "CI files", "Procfile")
    new = (Detail(f"Runs {m.revision}: {m.effect}.", source=m.source or m.path) for m in c.change.migrations)
    yield from some(new, "migrations", 12)
    yield from _asked(c)


def _said(fact: Fact) -> str:
    return f"“{fact.value}”"


def _where(c: Context, fact: Fact) -> str:
    return f" ({fact.service})" if fact.service and fact.service in {one.name for one in c.services} else ""


def _runs(fact: Fact) -> Detail:
    if fact.value == "every-replica":
        text = "It runs in every replica at start: replicas that start together run it at the same time."
        return about(fact, text, warns=True)
    said = {
        "job": "It runs in a job of its own.",
        "ci": "It runs in a pipeline.",
        "platform": "The platform runs it in the deploy.",
        "start-script": "It runs at start.",
    }
    return about(fact, said.get(str(fact.value), "It is run by hand."), warns=fact.value == "start-script")


def _asked(c: Context) -> Iterator[Detail]:
    heads = [str(fact.value) for fact in c.of("migration_head")]
    for fact in c.of("migration_command"):
        for pattern, ask, answer in _ASK:
            if pattern.search(str(fact.value)):
                expect = answer.replace("{head}", listed(heads[:4]) or "the newest revision")
                command = pattern.sub(ask, str(fact.value), count=1)
                text = f"Where the new version's code runs, “{command}” says where the schema is; after: {expect}."
                yield Detail(text)
                return


def backup(c: Context) -> Iterator[Detail]:
    """What has to be backed up, what the repository knows of backups, and what proves one."""
    known = c.of("backup")
    yield from (saved(fact) for fact in known if not restores(fact) and not is_script(fact))
    stores = c.of("datastore")
    yield from (about(fact, f"{fact.name} is {fact.value}.") for fact in stores)
    elsewhere = {str(fact.value): fact for fact in c.beside("datastore")} if not stores else {}
    yield from (unused(fact, f"The service stores data in {value}") for value, fact in elsewhere.items())
    for fact in c.of("volume"):
        if fact.service not in {store.name for store in stores}:
            yield about(fact, f"Volume {fact.name} of {fact.service} holds data too ({fact.value}).")
    if c.rollback.no_return:
        text = "Rolling back needs this backup: make it after the last write, so after the application has stopped."
        yield Detail(text, warns=True)
    if any(str(fact.value).startswith("postgres") for fact in (*stores, *elsewhere.values())):
        yield Detail("Check the dump with `pg_restore --list FILE`, and note the date of the last restore test.")
    elif stores or elsewhere or known:
        yield Detail("Check that the backup can be read, and note the date of the last restore test.")
    else:
        yield c.nothing("data store", "images of databases", "connection settings")


def saved(fact: Fact) -> Detail:
    """A backup or restore that the repository knows of and that is no script: its words, or its place."""
    if fact.kind == "restore" and fact.name.endswith((".md", ".rst", ".adoc", ".txt")):
        return about(fact, f"{fact.name} says:", code=str(fact.value), expect="exit status 0")
    return about(fact, f"{fact.name} does it with {fact.value}.")


def known_restores(c: Context) -> list[Fact]:
    """The restores that the repository knows."""
    known = c.of("restore")
    places = {fact.path for fact in known}
    return [*known, *(fact for fact in c.of("backup") if restores(fact) and fact.path not in places)]


def database_connectivity(c: Context) -> Iterator[Detail]:
    """How to see that the new version reaches its stores."""
    if c.release.database:
        yield Detail("Ask the database with SELECT 1, at the address that this names:", code=c.release.database)
    for fact in c.of("datastore"):
        users = [one.service for one in c.of("depends_on") if one.name == fact.name and one.service]
        used = f", used by {listed(dict.fromkeys(users))}" if users else ""
        yield about(fact, f"{fact.name}: {fact.value}{used}.")
        for asked in c.service("healthcheck", fact.name) if c.runs_here(fact.name) else ():
            yield check(c, asked)
    for fact in c.beside("datastore"):
        yield unused(fact, f"The service uses {fact.value}")
    settings = [fact for fact in c.of("env_required", "secret") if _addresses(fact.name)]
    names = dict.fromkeys(fact.name for fact in settings)
    if names:
        yield about(settings[0], f"Where the addresses come from: {listed(names)}.")
    if not c.anywhere("datastore") and not names:
        yield c.nothing("data store", "images of databases", "connection settings")


def _addresses(name: str) -> bool:
    return any(
        word in name.upper() for word in ("DATABASE_URL", "DB_", "POSTGRES", "MYSQL", "MONGO", "REDIS", "DSN", "JDBC")
    )


def data_corruption(c: Context) -> Iterator[Detail]:
    """Where wrong data would show: the stores, and what the migrations change."""
    for fact in c.of("datastore"):
        yield about(fact, f"Count and compare before and after in {fact.name} ({fact.value}).")
    for fact in c.beside("datastore") if not c.of("datastore") else ():
        yield unused(fact, f"Count and compare before and after in {fact.value}")
    risky = [migration for migration in c.change.migrations if migration.effect != "additive"]
    yield from some(map(_classed, risky), "migrations", 12)
    if risky:
        yield Detail(f"{plural(len(risky), 'migration')} of this release can lose data.")
    if not c.anywhere("datastore"):
        yield c.nothing("data store", "images of databases", "connection settings")
