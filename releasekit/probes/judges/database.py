"""The production database: does it answer, is it migrated, does what must hold in it hold. Reads only."""

import re
from collections.abc import Iterator

from releasekit.errors import InputError, SourceError
from releasekit.parameters.asking import Invariant
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources import database
from releasekit.sources.database import History

LINE = "give configuration.database.url the name of the variable that holds its address, such as env:DATABASE_URL"
_DIGITS = re.compile(r"\d+")
_FLYWAY = re.compile(r"[VB](?P<version>\d+(?:[._]\d+)*)__")
NAMED = 4


def connects(request: Request) -> Judgement:
    """Connect to ``configuration.database`` and SELECT 1, in a read-only transaction.

    pass: it answered. unknown: no address is configured, its variable is not set, or the database does not answer
    from here.
    """
    address = _address(request)
    found = database.server(address)
    sentence = f"{found.product} answered in {found.seconds * 1000:.0f} ms"
    return Judgement(Verdict.PASS, sentence, database.shown(address))


def migrated(request: Request) -> Judgement:
    """The history table of the migration tool that the files use, against the candidate's newest migrations.

    Alembic, Django, Rails, golang-migrate, Flyway, Liquibase and Prisma. pass: all of them are applied. fail: one is
    not, one did not end well, or the tool holds its lock. unknown: no address, no history table of that tool, or a tool
    whose table is not read.
    """
    expected = _expected(request)
    if not expected:
        return unknown("the files name no migration of a tool whose table is read", "confirm it by hand")
    address = _address(request)
    found = {history.tool: history for history in database.histories(address)}
    source = database.shown(address)
    lines: list[str] = []
    for tool, wanted in expected.items():
        history = found.get(tool)
        if history is None:
            text = f"no history table of {tool} in this database: never migrated, or another schema"
            return unknown(text, "migrate it, or name the schema in the address", source)
        strange = _strange(history, wanted)
        if strange:
            text = f"django's table knows no app {strange!r}: its label may differ from its folder"
            return unknown(text, "compare with: python manage.py showmigrations", source)
        wrong = next(_wrong(history, wanted, exact=tool == "alembic"), "")
        if wrong:
            then = "run the migrations; when the database is ahead of the code, do not roll back before you looked"
            return Judgement(Verdict.FAIL, wrong, source, request.candidate, then)
        lines.append(f"{tool}: {', '.join(wanted[-NAMED:])} applied")
    return Judgement(Verdict.PASS, "; ".join(lines), source, request.candidate)


def invariants(request: Request) -> Judgement:
    """The queries under ``configuration.database.invariants``: each yields one number, and it is what it must be.

    As a rollback trigger: pass (clear) when all hold. fail (fired): one does not. unknown: none is declared, one cannot
    be asked, or yields NULL.
    """
    settings = request.parameters.configuration.database
    declared = settings.invariants if settings else ()
    if not declared:
        line = "declare what must hold under configuration.database.invariants: {name: ..., sql: SELECT ..., equals: 0}"
        return unknown("no invariant is declared", line)
    address = _address(request)
    source = database.shown(address)
    broken: list[str] = []
    silent: list[str] = []
    held: list[str] = []
    for one in declared:
        try:
            value = database.number(address, one.sql)
        except SourceError as error:
            silent.append(f"{one.name}: {error.problems[0].what}")
            continue
        if value is None:
            silent.append(f"{one.name}: NULL")
        else:
            (held if _holds(one, value) else broken).append(f"{one.name}: {value:g}{_bounds(one)}")
    if broken:
        return Judgement(Verdict.FAIL, "; ".join(broken), source, None, "stop writing; find what changed the data")
    if silent:
        return Judgement(Verdict.UNKNOWN, "; ".join(silent), source, None, "mend the query, or look by hand")
    return Judgement(Verdict.PASS, "; ".join(held), source)


def _address(request: Request) -> str:
    settings = request.parameters.configuration.database
    if settings is None:
        raise SourceError("no database is configured", do=LINE)
    try:
        return resolve(settings.url, request.environ)
    except InputError as error:
        raise SourceError(error.problems[0]) from None


def _expected(request: Request) -> dict[str, list[str]]:
    """By tool, what must be in its table: the heads of the candidate, and each migration that this release brings."""
    folders = {fact.name: str(fact.value) for fact in request.analysis.of("migration_tool")}
    found: dict[str, list[str]] = {}
    for fact in request.analysis.of("migration_head"):
        tool = folders.get(fact.name) or _above(fact.name, folders)
        if name := _name(tool, fact.name, str(fact.value)):
            found.setdefault(tool, []).append(name)
    for migration in request.change.migrations:
        name = _name(migration.tool, migration.path.rpartition("/")[0], migration.revision)
        # Alembic's table holds the heads alone
        if name and migration.tool != "alembic":
            found.setdefault(migration.tool, []).append(name)
    return {tool: list(dict.fromkeys(names)) for tool, names in found.items()}


def _above(folder: str, folders: dict[str, str]) -> str:
    above = [name for name in folders if name == "." or folder.startswith(f"{name}/")]
    return folders[max(above, key=len)] if above else ""


def _name(tool: str, folder: str, revision: str) -> str:
    """A migration's name as the tool's table has it; "" for a tool whose table is not read."""
    match tool:
        case "alembic" | "prisma" | "liquibase":
            return revision
        case "django":
            return f"{folder.removesuffix('/migrations').rpartition('/')[2]}.{revision}"
        case "rails" | "golang-migrate":
            number = _DIGITS.match(revision)
            return number[0] if number else ""
        case "flyway":
            match = _FLYWAY.match(revision)
            return match["version"].replace("_", ".") if match else ""
    return ""


def _strange(history: History, wanted: list[str]) -> str:
    """A Django app of the files that the table does not know at all; "" when it knows them all."""
    if history.tool != "django" or not history.applied:
        return ""
    known = {name.partition(".")[0] for name in history.applied}
    return next((app for name in wanted if (app := name.partition(".")[0]) not in known), "")


def _wrong(history: History, wanted: list[str], *, exact: bool) -> Iterator[str]:
    if history.locked:
        yield f"{history.tool} holds its lock: it is at work, or was killed"
    if history.unfinished:
        yield f"{history.tool}: did not end well: {', '.join(history.unfinished[:NAMED])}"
    applied = set(history.applied)
    if history.tool == "golang-migrate":  # its table holds the last one alone
        wanted = [max(wanted, key=int)]
        applied = {name.lstrip("0") or "0" for name in applied}
        wanted = [name.lstrip("0") or "0" for name in wanted]
    if history.tool == "flyway":
        applied, wanted = {_plain(name) for name in applied}, [_plain(name) for name in wanted]
    missing = [name for name in wanted if name not in applied]
    at = ", ".join(history.applied[-NAMED:]) or "nothing"
    if missing or (exact and applied != set(wanted)):
        want = ", ".join((missing or wanted)[:NAMED])
        yield f"{history.tool}: the database is at {at}, the candidate needs {want}"


def _plain(version: str) -> str:
    """Flyway takes 1, 1.0 and 01 for the same version."""
    parts = [str(int(part)) for part in version.split(".") if part.isdigit()]
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return ".".join(parts) or version


def _holds(one: Invariant, value: float) -> bool:
    return (
        (one.equals is None or value == one.equals)
        and (one.at_least is None or value >= one.at_least)
        and (one.at_most is None or value <= one.at_most)
    )


def _bounds(one: Invariant) -> str:
    bounds = ((one.equals, "must be"), (one.at_least, "at least"), (one.at_most, "at most"))
    said = ", ".join(f"{words} {bound:g}" for bound, words in bounds if bound is not None)
    return f" ({said})"
