"""The database in a release: its migrations, the command that runs them and where, a backup, a connection."""

import re
import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about, listed, plural, some
from releasekit.checklist.model import Detail
from releasekit.checklist.rollback import downgrade_command
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
# The dump that belongs to an engine's own image, in a form that its restore command checks.
_DUMP = {
    "postgres": ('pg_dump --format=custom --username="${POSTGRES_USER:-postgres}" "${POSTGRES_DB:-postgres}"', "dump"),
    "mysql": ('mysqldump --single-transaction --all-databases --password="$MYSQL_ROOT_PASSWORD"', "sql"),
    "mongodb": ("mongodump --archive --gzip", "archive.gz"),
}
_RESTORE = {
    "postgres": (
        'pg_restore --clean --if-exists --single-transaction --exit-on-error --username="${POSTGRES_USER:-postgres}"'
        ' --dbname="${POSTGRES_DB:-postgres}"'
    ),
    "mysql": 'mysql --password="$MYSQL_ROOT_PASSWORD"',
    "mongodb": "mongorestore --archive --gzip --drop",
}
_SAME = {"postgresql": "postgres", "mariadb": "mysql", "mongo": "mongodb"}


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
    """The command with the line that runs it, where it runs, and what the schema says before and after."""
    if c.rollback.no_return:
        yield c.rollback.no_return
    commands = c.of("migration_command")
    steps = c.migration_steps
    for step in steps:
        yield about(step, "The pipeline migrates with:", code=str(step.value), expect="exit status 0")
    runs = {fact.service: fact for fact in c.of("migration_runs")}
    for fact in commands:
        run = runs.get(fact.service)
        text = "What that runs" if steps else "Migrate"
        yield about(fact, f"{text}{_where(c, fact)}:", code=str(fact.value), expect="exit status 0")
        if run is not None:
            yield _runs(run)
    orphans = [run for service, run in runs.items() if service not in {fact.service for fact in commands}]
    yield from map(_runs, orphans)
    yield from _job(c)
    if not commands:
        yield c.nothing("command that migrates", "start scripts", "jobs", "CI files", "Procfile")
    new = (Detail(f"Runs {m.revision}: {m.effect}.", source=m.source or m.path) for m in c.change.migrations)
    yield from some(new, "migrations", 12)
    yield from _asked(c)


def _where(c: Context, fact: Fact) -> str:
    return f" ({fact.service})" if fact.service and fact.service in {one.name for one in c.services} else ""


def _runs(fact: Fact) -> Detail:
    if fact.value == "every-replica":
        text = "It runs in every replica at start: replicas that start together run it at the same time."
        return about(fact, text, warns=True)
    said = {
        "job": "It runs in a job of its own.",
        "ci": "It runs in a CI workflow.",
        "start-script": "It runs at start.",
    }
    return about(fact, said.get(str(fact.value), "It is run by hand."), warns=fact.value == "start-script")


def _job(c: Context) -> Iterator[Detail]:
    """How the job that migrates is started by hand, when there is one."""
    for fact in c.migrating:
        if c.deployment.way == "compose":
            command = c.deployment.compose("run", "--rm", shlex.quote(fact.name))
            yield about(fact, f"{fact.name} runs it once and ends:", code=command, expect="exit status 0")
        elif c.deployment.way == "kubernetes":
            target = f"job/{shlex.quote(fact.name)}"
            delete = c.deployment.kubectl("delete", target, "--ignore-not-found")
            apply = c.deployment.kubectl("apply", "-f", shlex.quote(fact.path))
            yield about(fact, f"Start the job {fact.name} anew:", f"{delete} && {apply}", f"{target} created")
            wait = c.deployment.kubectl("wait", "--for=condition=complete", target, "--timeout=10m")
            yield about(fact, "Wait for it before anything of the new version starts:", wait, "condition met")


def _asked(c: Context) -> Iterator[Detail]:
    heads = [str(fact.value) for fact in c.of("migration_head")]
    for fact in c.of("migration_command"):
        for pattern, ask, answer in _ASK:
            if pattern.search(str(fact.value)):
                expect = answer.replace("{head}", listed(heads[:4]) or "the newest revision")
                command = pattern.sub(ask, str(fact.value), count=1)
                yield Detail("Where the schema stands, before and after:", code=command, expect=f"after: {expect}")
                return


def backup(c: Context) -> Iterator[Detail]:
    """What has to be backed up, with which command, and what proves it."""
    known = c.of("backup")
    yield from (saved(fact) for fact in known if not _restores(fact))
    if c.deployment.cluster:
        for fact in c.of("cronjob"):
            if any(word in fact.name.lower() for word in ("backup", "dump", "snapshot")):
                name = shlex.quote(f"{fact.name}-before-{c.release.version or 'release'}".lower())
                command = c.deployment.kubectl("create", "job", f"--from=cronjob/{fact.name}", name)
                yield about(
                    fact,
                    f"The job {fact.name} runs on a schedule ({fact.value}); once more now:",
                    command,
                    "job complete",
                )
    stores = c.of("datastore")
    for fact in stores:
        command = dump(c, fact)
        if command and not known:
            text = f"{fact.name} ({fact.value}); no backup command stands in the repository, this one fits its image:"
            yield about(fact, text, code=command, expect="exit status 0, a file that is not empty")
        else:
            yield about(fact, f"{fact.name} ({fact.value}).")
    for fact in c.of("volume"):
        if fact.service not in {store.name for store in stores}:
            yield about(fact, f"Volume {fact.name} of {fact.service} holds data too ({fact.value}).")
    if c.rollback.no_return:
        yield Detail(
            "The way back needs this backup: it has to end after the last write before the migrations.", warns=True
        )
    if stores:
        yield Detail("Read the backup's table of contents back, and note when a restore was last tried.")
    else:
        yield c.nothing("data store", "images of databases", "connection settings")


def saved(fact: Fact) -> Detail:
    """A backup or restore that the repository knows: a script as the command that it is, anything else by its place."""
    if fact.kind == "restore" and fact.name.endswith((".md", ".rst", ".adoc", ".txt")):
        return about(fact, f"{fact.name} says:", code=str(fact.value), expect="exit status 0")
    stem = fact.name.rpartition("/")[2]
    if stem.endswith((".sh", ".bash", ".py", ".rb", ".ps1")) or "." not in stem:
        expect = "exit status 0" if fact.kind == "restore" else ""
        text = f"The repository has a script for it ({fact.value}):"
        return about(fact, text, code=f"{shlex.quote(fact.name)} FILE", expect=expect)
    return about(fact, f"{fact.name} does it with {fact.value}.")


def restores(c: Context) -> list[Fact]:
    """The restores that the repository knows."""
    known = c.of("restore")
    places = {fact.path for fact in known}
    return [*known, *(fact for fact in c.of("backup") if _restores(fact) and fact.path not in places)]


def _restores(fact: Fact) -> bool:
    return "restore" in f"{fact.name} {fact.value}".lower()


def dump(c: Context, store: Fact) -> str:
    """A command that dumps a store that runs in a container of this deployment; "" when none is known."""
    engine = str(store.value).lower()
    known = _DUMP.get(_SAME.get(engine, engine))
    if not known or not c.runs_here(store.name):
        return ""
    inner, ending = known
    file = shlex.quote(f"{store.name}-before-{c.release.version or 'release'}.{ending}")
    return f"{_inside(c, store.name)} sh -c {shlex.quote(inner)} > {file}" if _inside(c, store.name) else ""


def restore(c: Context, store: Fact) -> str:
    """The command that reads back what ``dump`` wrote; "" when none is known."""
    engine = str(store.value).lower()
    engine = _SAME.get(engine, engine)
    inside = _inside(c, store.name)
    if engine not in _RESTORE or not inside or not c.runs_here(store.name):
        return ""
    file = shlex.quote(f"{store.name}-before-{c.release.version or 'release'}.{_DUMP[engine][1]}")
    return f"{inside} sh -c {shlex.quote(_RESTORE[engine])} < {file}"


def _inside(c: Context, service: str) -> str:
    if c.deployment.way == "compose":
        return c.deployment.compose("exec", "-T", shlex.quote(service))
    if c.deployment.cluster:
        return c.deployment.kubectl(
            "exec", "-i", shlex.quote(f"{c.workload(service)}/{service}"), "--", service=service
        )
    return ""


def database_connectivity(c: Context) -> Iterator[Detail]:
    """How to see that the new version reaches its stores."""
    if c.release.database:
        yield Detail("The database is asked with SELECT 1, at the address that this names:", code=c.release.database)
    for fact in c.of("datastore"):
        users = [one.service for one in c.of("depends_on") if one.name == fact.name and one.service]
        used = f", used by {listed(dict.fromkeys(users))}" if users else ""
        yield about(fact, f"{fact.name}: {fact.value}{used}.")
        for check in c.service("healthcheck", fact.name) if c.runs_here(fact.name) else ():
            kind, _, value = str(check.value).partition(":")
            command = f"{_inside(c, fact.name)} {value}".strip() if kind == "cmd" else str(check.value)
            yield about(check, f"{fact.name} answers:", code=command, expect="exit status 0" if kind == "cmd" else "")
    settings = [fact for fact in c.of("env_required", "secret") if _addresses(fact.name)]
    names = dict.fromkeys(fact.name for fact in settings)
    if names:
        yield about(settings[0], f"Where the addresses come from: {listed(names)}.")
    if not c.of("datastore") and not names:
        yield c.nothing("data store", "images of databases", "connection settings")


def _addresses(name: str) -> bool:
    return any(
        word in name.upper() for word in ("DATABASE_URL", "DB_", "POSTGRES", "MYSQL", "MONGO", "REDIS", "DSN", "JDBC")
    )


def data_corruption(c: Context) -> Iterator[Detail]:
    """Where wrong data would show: the stores, and what the migrations change."""
    for fact in c.of("datastore"):
        yield about(fact, f"Count and compare before and after in {fact.name} ({fact.value}).")
    risky = [migration for migration in c.change.migrations if migration.effect != "additive"]
    yield from some(map(_classed, risky), "migrations", 12)
    if risky:
        yield Detail(f"{plural(len(risky), 'migration')} of this release can lose data.")
    if not c.of("datastore"):
        yield c.nothing("data store", "images of databases", "connection settings")
