"""The dump and the restore that are composed for PostgreSQL, on a real server with a schema that was migrated after."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from releasekit.checklist.database import _DUMP, _RESTORE
from tests.run.postgresql import Server, running

BEFORE = """
    CREATE TABLE customers (id integer PRIMARY KEY, name text);
    INSERT INTO customers VALUES (1, 'Ada');
"""
MIGRATED = """
    CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers);
    CREATE VIEW names AS SELECT name FROM customers;
    INSERT INTO customers VALUES (2, 'Bob');
"""


@pytest.fixture(scope="module")
def server(require: Callable[[str], Path]) -> Iterator[Server]:
    with running(require("postgres").parent) as found:
        yield found


def test_a_restore_brings_back_the_schema_of_before_though_new_objects_depend_on_it(
    server: Server, tmp_path: Path
) -> None:
    database = server.new_database()
    server.sql(BEFORE, database)
    environment = os.environ | {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "POSTGRES_DB": database,
        "PATH": f"{server.programs}{os.pathsep}{os.environ['PATH']}",
    }

    def typed(command: str) -> None:
        subprocess.run(
            ["sh", "-c", command], check=True, env=environment, cwd=tmp_path, capture_output=True, timeout=60
        )

    typed(f"{_DUMP['postgres'][0]} > before.dump")
    server.sql(MIGRATED, database)
    typed(f"( {_RESTORE['postgres']} ) < before.dump")
    assert server.sql("SELECT string_agg(name, ',') FROM customers", database) == "Ada"
    tables = server.sql("SELECT string_agg(relname, ',') FROM pg_class WHERE relname IN ('orders', 'names')", database)
    assert re.sub(r"\s", "", tables) == ""
