from pathlib import Path
from typing import Any

import pytest

from releasekit.facts.change import Change, Migration
from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import ask, request
from tests.probes.tables import BEHIND, HALF, HEADS, TABLES
from tests.run.postgresql import Server


def asked(probe: str, address: str, tool: str = "", change: Change | None = None, **database: Any) -> Evidence:
    facts = ()
    if tool:
        folder, head = HEADS[tool]
        facts = (Fact("migration_tool", folder, tool, "x:1"), Fact("migration_head", folder, head, "x:1"))
    configuration = {"database": {"url": "env:DATABASE_URL", **database}}
    environ = {"DATABASE_URL": address}
    found = request(Path(), configuration, analysis=Analysis(facts), environ=environ, change=change)
    return ask(probe, found)


def address(server: Server, sql: str = "SELECT 1") -> str:
    """The address of a new database with these tables, as an application would be given it."""
    name = server.new_database()
    server.sql(sql, name)
    return f"postgres://postgres:hunter2@127.0.0.1:{server.port}/{name}"


def test_a_database_that_answers_is_named_with_its_version_and_without_its_password(postgresql: Server) -> None:
    evidence = asked("database.connects", address(postgresql))
    assert evidence.verdict is Verdict.PASS
    assert evidence.sentence.startswith("PostgreSQL 1")
    assert "hunter2" not in str(evidence)


@pytest.mark.parametrize(
    "wrong",
    [
        "postgresql://a:hunter2@127.0.0.1:9/x",
        "postgresql://a:hunter2@no-such-host.invalid/x",
        "mysql://a:hunter2@127.0.0.1/x",
        "oracle://a:hunter2@h/x",
        "no address with hunter2",
        "://hunter2",
    ],
)
def test_one_that_does_not_is_unknown_and_no_part_of_its_secret_is_said(wrong: str) -> None:
    evidence = asked("database.connects", wrong)
    assert evidence.verdict is Verdict.UNKNOWN
    assert "hunter2" not in str(evidence)


def test_without_the_variable_it_is_unknown() -> None:
    evidence = ask("database.connects", request(Path(), {"database": {"url": "env:DATABASE_URL"}}))
    assert (evidence.verdict, "DATABASE_URL is not set" in evidence.sentence) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize("tool", TABLES)
def test_a_database_at_the_candidates_head_passes(tool: str, postgresql: Server) -> None:
    evidence = asked("database.migrated", address(postgresql, TABLES[tool]), tool)
    assert evidence.verdict is Verdict.PASS, evidence.sentence


@pytest.mark.parametrize("tool", TABLES)
def test_one_that_is_behind_fails(tool: str, postgresql: Server) -> None:
    evidence = asked("database.migrated", address(postgresql, f"{TABLES[tool]}; {BEHIND[tool]}"), tool)
    assert evidence.verdict is Verdict.FAIL, evidence.sentence


@pytest.mark.parametrize("tool", HALF)
def test_one_that_was_left_half_way_fails(tool: str, postgresql: Server) -> None:
    evidence = asked("database.migrated", address(postgresql, f"{TABLES[tool]}; {HALF[tool]}"), tool)
    assert evidence.verdict is Verdict.FAIL, evidence.sentence


@pytest.mark.parametrize("tool", TABLES)
def test_one_without_the_tools_table_is_unknown(tool: str, postgresql: Server) -> None:
    assert asked("database.migrated", address(postgresql), tool).verdict is Verdict.UNKNOWN


def test_a_database_ahead_of_the_code_fails(postgresql: Server) -> None:
    ahead = f"{TABLES['alembic']}; UPDATE alembic_version SET version_num = 'ffffffffffff'"
    evidence = asked("database.migrated", address(postgresql, ahead), "alembic")
    assert (evidence.verdict, "the database is at ffffffffffff" in evidence.sentence) == (Verdict.FAIL, True)


def test_an_app_of_django_that_the_table_does_not_know_is_unknown_and_never_taken_for_another(
    postgresql: Server,
) -> None:
    other = TABLES["django"].replace("'shop'", "'blog'")
    assert asked("database.migrated", address(postgresql, other), "django").verdict is Verdict.UNKNOWN


def test_each_migration_that_the_release_brings_must_be_applied_not_only_the_newest(postgresql: Server) -> None:
    brings = Migration("20260115120000_late", "db/migrate/20260115120000_late.rb", "additive", tool="rails")
    place = address(postgresql, TABLES["rails"])
    evidence = asked("database.migrated", place, "rails", Change(migrations=(brings,)))
    assert (evidence.verdict, "needs 20260115120000" in evidence.sentence) == (Verdict.FAIL, True)


ORDERS = "CREATE TABLE orders (id INT, customer INT); INSERT INTO orders VALUES (1, 7), (2, NULL)"
ORPHANS = "SELECT count(*) FROM orders WHERE customer IS NULL"


@pytest.mark.parametrize(
    ("invariant", "verdict"),
    [
        ({"sql": ORPHANS, "equals": 1}, Verdict.PASS),
        ({"sql": ORPHANS + ";", "at_least": 1, "at_most": 1.5}, Verdict.PASS),
        ({"sql": "SELECT count(*) FROM orders WHERE 'a%' LIKE 'a%'", "equals": 2}, Verdict.PASS),
        ({"sql": ORPHANS, "equals": 0}, Verdict.FAIL),
        ({"sql": ORPHANS, "at_least": 2}, Verdict.FAIL),
        ({"sql": "SELECT max(id) FROM orders WHERE false", "equals": 0}, Verdict.UNKNOWN),
        ({"sql": "SELECT id FROM orders", "equals": 0}, Verdict.UNKNOWN),
        ({"sql": "SELECT 1, 2", "equals": 1}, Verdict.UNKNOWN),
        ({"sql": "SELECT 'a'", "equals": 1}, Verdict.UNKNOWN),
        ({"sql": "SELECT 1 FROM no_such_table", "equals": 1}, Verdict.UNKNOWN),
        ({"sql": "SELEC", "equals": 1}, Verdict.UNKNOWN),
        ({"sql": "SELECT pg_sleep(60)", "equals": 1}, Verdict.UNKNOWN),
    ],
)
def test_invariants_are_what_they_must_be(
    invariant: dict[str, Any], verdict: Verdict, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("releasekit.sources.database.STATEMENT_SECONDS", 1)
    declared = [{"name": "orders have customers", **invariant}]
    evidence = asked("database.invariants", address(postgresql, ORDERS), invariants=declared)
    assert evidence.verdict is verdict, evidence.sentence


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM orders",
        "SELECT 1; DELETE FROM orders",
        "COMMIT; DELETE FROM orders; SELECT 1",
        "WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone",
        "SELECT 1 INTO stolen",
        "SET transaction_read_only = off",
        "SELECT nextval('numbers')",
    ],
)
def test_nothing_that_is_asked_can_write(sql: str, postgresql: Server) -> None:
    place = address(postgresql, f"{ORDERS}; CREATE SEQUENCE numbers")
    evidence = asked("database.invariants", place, invariants=[{"name": "x", "sql": sql, "equals": 1}])
    assert evidence.verdict is Verdict.UNKNOWN
    assert postgresql.sql("SELECT count(*) FROM orders", place.rpartition("/")[2]) == "2"


def test_a_database_in_a_file_is_opened_for_reading_and_never_made(tmp_path: Path) -> None:
    evidence = asked("database.connects", f"sqlite:///{tmp_path / 'none.db'}")
    assert evidence.verdict is Verdict.UNKNOWN
    assert not (tmp_path / "none.db").exists()
