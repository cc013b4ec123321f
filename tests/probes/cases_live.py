"""The matrix's cells for the running world. What is asked live is never stale; its foreign state is another version."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Request
from tests.probes.asking import request
from tests.probes.matrix import Case, World
from tests.probes.tables import BEHIND, HEADS, TABLES

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
Arrange = Callable[[Path, World], Request]


def answered(content: object, status: int = 200) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        return request(folder, {"endpoints": {"health": world.site.answers("/health", content, status)}})

    return arrange


def unanswered(folder: Path, world: World) -> Request:
    return request(folder, {"endpoints": {"health": "http://127.0.0.1:9/health"}})


def unnamed(folder: Path, world: World) -> Request:
    return request(folder)


def journey(**visit: Any) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        url = world.site.answers("/products", "Add to cart")
        return request(folder, {"journeys": {"look": [{"url": url} | visit]}})

    return arrange


def lost_journey(folder: Path, world: World) -> Request:
    return request(folder, {"journeys": {"look": ["http://127.0.0.1:9/"]}})


def shown(chain: str) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        return request(folder, {"endpoints": {"web": world.secure[chain].address}})

    return arrange


def no_tls(folder: Path, world: World) -> Request:
    return request(folder, {"endpoints": {"web": world.site.address.replace("http:", "https:")}})


def stored(sql: str, *, reachable: bool = True, **database: Any) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        name = world.postgresql.new_database()
        world.postgresql.sql(sql, name)
        port = world.postgresql.port if reachable else 9
        home, head = HEADS["alembic"]
        facts = (Fact("migration_tool", home, "alembic", "x:1"), Fact("migration_head", home, head, "x:1"))
        return request(
            folder,
            {"database": {"url": "env:URL", **database}},
            analysis=Analysis(facts),
            environ={"URL": f"postgresql://postgres@127.0.0.1:{port}/{name}"},
        )

    return arrange


def database_cases() -> Iterator[Case]:
    table, count = TABLES["alembic"], "SELECT count(*) FROM alembic_version"
    yield Case("database.connects", "PostgreSQL", "good", P, stored(table))
    yield Case("database.connects", "PostgreSQL", "missing", U, unnamed)
    yield Case("database.connects", "PostgreSQL", "broken", U, stored(table, reachable=False))
    yield Case("database.migrated", "PostgreSQL", "good", P, stored(table))
    yield Case("database.migrated", "PostgreSQL", "bad", F, stored(f"{table}; {BEHIND['alembic']}"))
    yield Case("database.migrated", "PostgreSQL", "missing", U, unnamed)
    yield Case("database.migrated", "PostgreSQL", "foreign", U, stored(TABLES["django"]))
    yield Case("database.migrated", "PostgreSQL", "broken", U, stored("CREATE TABLE alembic_version (x INT)"))
    for state, verdict, equals in (("good", P, 1), ("bad", F, 2)):
        declared = [{"name": "one head", "sql": count, "equals": equals}]
        yield Case("database.invariants", "PostgreSQL", state, verdict, stored(table, invariants=declared))
    declared = [{"name": "one head", "sql": count, "equals": 1}]
    yield Case("database.invariants", "PostgreSQL", "missing", U, unnamed)
    yield Case("database.invariants", "PostgreSQL", "foreign", U, stored(TABLES["django"], invariants=declared))
    lost = stored(table, reachable=False, invariants=declared)
    yield Case("database.invariants", "PostgreSQL", "broken", U, lost)


def cases() -> Iterator[Case]:
    yield from database_cases()
    well, ours, other = {"status": "UP", "version": "2.4.0"}, "HTTP health", {"status": "UP", "version": "2.3.1"}
    for probe, ill in (("endpoints.healthy", F), ("rollout.deployed", U)):
        yield Case(probe, ours, "good", P, answered(well))
        yield Case(probe, ours, "bad", ill, answered({"status": "DOWN"}, 503))
        yield Case(probe, ours, "missing", U, unanswered)
        yield Case(probe, ours, "foreign", U if probe == "endpoints.healthy" else F, answered(other))
        yield Case(probe, ours, "broken", U if ill is U else F, answered(b"<html>no such application", 404))
    for probe, foreign in (("rollout.returned", F), ("rollout.well-again", U)):
        yield Case(probe, ours, "good", P, answered(other))
        yield Case(probe, ours, "bad", F if foreign is U else U, answered({"status": "DOWN"}, 503))
        yield Case(probe, ours, "missing", U, unanswered)
        yield Case(probe, ours, "foreign", foreign, answered(well))
    for probe in ("journeys.walked", "journeys.broken"):
        yield Case(probe, "HTTP journey", "good", P, journey(contains="cart"))
        yield Case(probe, "HTTP journey", "bad", F, journey(status=201))
        yield Case(probe, "HTTP journey", "broken", F, journey(contains="Check out"))
        yield Case(probe, "HTTP journey", "missing", U, lost_journey)
    yield Case("certificates.valid", "TLS handshake", "good", P, shown("good"))
    yield Case("certificates.valid", "TLS handshake", "bad", F, shown("incomplete"))
    yield Case("certificates.valid", "TLS handshake", "missing", U, unnamed)
    yield Case("certificates.valid", "TLS handshake", "stale", F, shown("expired"))
    yield Case("certificates.valid", "TLS handshake", "foreign", F, shown("wrong-name"))
    yield Case("certificates.valid", "TLS handshake", "broken", U, no_tls)
