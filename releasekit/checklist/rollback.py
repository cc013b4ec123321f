"""Which way back can work, told from the migrations between the running version and the candidate. Runs nothing."""

import re
from dataclasses import dataclass
from enum import StrEnum

from releasekit.checklist.model import Detail
from releasekit.checklist.release import Release
from releasekit.facts.change import Change, Migration
from releasekit.facts.model import Analysis, Fact

# Dumps that these engines' own tools make and read back; for others nothing is known that restores them.
_DUMPED = frozenset({"postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongo", "redis", "valkey", "sqlite"})
_HARMLESS_LOCK = re.compile(
    r"\s*(create\s+(unique\s+)?index|alter\s+table\s+\S+\s+validate|(op\.)?create_index)", re.IGNORECASE
)
# How each tool takes N steps back, written over the part of its command that goes forward.
_BACK = (
    (re.compile(r"\balembic\b(.*?)\bupgrade\s+\S+"), r"alembic\1downgrade -{n}"),
    (re.compile(r"\bdb:migrate\b(?!:)"), r"db:rollback STEP={n}"),
    (re.compile(r"\bknex\b(.*?)migrate:latest"), r"knex\1migrate:rollback"),
    (re.compile(r"\bmigration:run\b"), r"migration:revert"),
    (re.compile(r"\bgoose\b(.*?)\bup\b"), r"goose\1down"),
    (re.compile(r"\bmigrate\b(.*?)\bup\b"), r"migrate\1down {n}"),
    (re.compile(r"\bsqlx(\s+)migrate run\b"), r"sqlx\1migrate revert"),
    (re.compile(r"\bliquibase\b(.*?)\bupdate\b"), r"liquibase\1rollbackCount {n}"),
    (re.compile(r"\bdbmate\b(.*?)\b(?:up|migrate)\b"), r"dbmate\1down"),
)
_ONE_AT_A_TIME = ("migration:revert", "goose", "sqlx", "dbmate")


class Way(StrEnum):
    """The ways back, from the easiest."""

    NOTHING = "nothing to return to"
    CODE = "code only"
    DOWNGRADE = "downgrade then code"
    RESTORE = "restore then code"
    FORWARD = "roll forward"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rollback:
    """The way back: ``sentence`` says it and why, ``reasons`` are the migrations that decide it.

    ``no_return`` is the line of the point of no return (None when there is none), ``downgrade`` the command that takes
    the schema back ("" when it is not needed or cannot be told), ``lost`` says what going back loses.
    """

    way: Way
    sentence: str
    reasons: tuple[Detail, ...] = ()
    no_return: Detail | None = None
    downgrade: str = ""
    lost: str = ""


def rollback(analysis: Analysis, change: Change, release: Release) -> Rollback:
    """The way back for this release. What cannot be classed counts as irreversible."""
    old = release.old or "the running version"
    if change.first:
        return Rollback(
            Way.NOTHING,
            "There is nothing to return to: no earlier version is known. Going back means taking the service out.",
        )
    if change.unknown or not change.running:
        why = change.unknown or "the running version is not known"
        mend = f" {_sentence(change.mend)}" if change.mend else ""
        return Rollback(Way.UNKNOWN, f"No version to return to is known: {why.rstrip('.')}.{mend}")
    if not change.migrations:
        return _without_migrations(analysis, old, release)
    return _with_migrations(analysis, change.migrations, old)


def _without_migrations(analysis: Analysis, old: str, release: Release) -> Rollback:
    blind = [
        f for f in analysis.findings if f.rule == "not-analysed" and any(k.startswith("migration") for k in f.touches)
    ]
    if blind:
        reasons = tuple(Detail(f.sentence, source=f.places[0] if f.places else "", warns=True) for f in blind)
        return Rollback(
            Way.UNKNOWN, "The way back cannot be told: migrations may exist that could not be read.", reasons
        )
    return Rollback(
        Way.CODE, f"Code only: no migration differs between {old} and {release.new}, so {old} runs on the same schema."
    )


def _with_migrations(analysis: Analysis, migrations: tuple[Migration, ...], old: str) -> Rollback:
    reasons = tuple(_reason(migration) for migration in migrations)
    hard = [m for m in migrations if not _old_code_copes(m)]
    if not hard:
        return Rollback(
            Way.CODE,
            f"Code only: every new migration adds, so {old} runs on the newer schema and the schema may stay.",
            reasons,
        )
    command = next((fact for fact in analysis.of("migration_command")), None)
    worst = hard[0]
    if all(m.effect == "locking" and m.reversible for m in hard):
        back = downgrade_command(command, len(migrations))
        return Rollback(
            Way.DOWNGRADE,
            f"Downgrade, then code: {old} may not work on the new schema, and each migration says how to undo it.",
            reasons,
            downgrade=back,
        )
    no_return = _no_return(worst, command)
    lost = "Everything written to the database after the backup is lost by restoring it."
    if not _restorable(analysis):
        return Rollback(
            Way.FORWARD,
            f"Roll forward: {_name(worst)} cannot be undone, and no backup that could be restored is known.",
            reasons,
            no_return,
            lost="Going back is not possible after the migrations: mend forward with a new version.",
        )
    return Rollback(
        Way.RESTORE,
        f"Restore the backup, then code: {_name(worst)} {_why(worst)}, so {old} needs the database as it was before.",
        reasons,
        no_return,
        lost=lost,
    )


def downgrade_command(command: Fact | None, steps: int) -> str:
    """The command that takes the schema ``steps`` migrations back, in the words in which this repository goes forward.

    "" when the tool has no way back or the command is not understood.
    """
    if command is None:
        return ""
    forward = str(command.value)
    for pattern, back in _BACK:
        if pattern.search(forward):
            one = pattern.sub(back.replace("{n}", str(steps)), forward, count=1)
            return " && ".join([one] * steps) if any(word in one for word in _ONE_AT_A_TIME) else one
    return ""


def _old_code_copes(migration: Migration) -> bool:
    """Whether the running version's code works on the schema after this migration, with nothing lost."""
    if migration.effect == "additive":
        return True
    return migration.effect == "locking" and bool(_HARMLESS_LOCK.match(migration.statement))


def _restorable(analysis: Analysis) -> bool:
    if analysis.of("backup", "restore"):
        return True
    engines = {str(fact.value).lower() for fact in analysis.of("datastore")}
    return not engines or bool(engines & _DUMPED)


def _no_return(migration: Migration, command: Fact | None) -> Detail:
    code = str(command.value) if command else ""
    where = migration.source or migration.path
    return Detail(
        f"Point of no return: {_name(migration)} {_why(migration)}. Decide before it whether to go on; "
        "after it the old code alone is no way back.",
        code=code,
        source=where,
        warns=True,
    )


def _reason(migration: Migration) -> Detail:
    undo = {True: "can be undone", False: "cannot be undone", None: "not known whether it can be undone"}
    down = undo[migration.reversible]
    if migration.reversible and migration.effect == "destructive":
        down = "undoing it brings the structure back, not the data"
    unknown = migration.effect == "unknown"
    effect = "unknown, treated as irreversible" if unknown else migration.effect
    # where nothing could be classed, the statement is the reason in words
    why = f" ({migration.statement})" if unknown and migration.statement else ""
    return Detail(
        f"{_name(migration)}: {effect}; {down}{why}.",
        code="" if unknown else migration.statement,
        source=migration.source or migration.path,
        warns=not _old_code_copes(migration),
    )


def _why(migration: Migration) -> str:
    if migration.removes and migration.read_by:
        more = f" and {len(migration.read_by) - 1} more places" if len(migration.read_by) > 1 else ""
        return f"removes {migration.removes}, which the running version still reads ({migration.read_by[0]}{more})"
    if migration.removes and migration.effect == "destructive":
        return f"removes {migration.removes}"
    return {
        "destructive": "removes data or a structure that the running version may use",
        "irreversible": "cannot be undone",
        "locking": "changes the schema in a way that is not undone by it",
    }.get(migration.effect, "could not be classed and counts as irreversible")


def _name(migration: Migration) -> str:
    return f"migration {migration.revision}" if migration.revision else f"migration {migration.path}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!")) else f"{text}."
