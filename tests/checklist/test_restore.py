"""The dump and the restore that are composed for PostgreSQL, on a real server with a schema that was migrated after."""

import os
import re
import subprocess
from pathlib import Path

from releasekit.checklist.database import _DUMP, _RESTORE
from tests.run.postgresql import Server

BEFORE = """
    CREATE TABLE customers (id integer PRIMARY KEY, name text);
    INSERT INTO customers VALUES (1, 'Ada');
"""
MIGRATED = """
    CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers);
    CREATE VIEW names AS SELECT name FROM customers;
    INSERT INTO customers VALUES (2, 'Bob');
"""


def test_a_restore_brings_back_the_schema_of_before_though_new_objects_depend_on_it(
    postgresql: Server, tmp_path: Path
) -> None:
    database = postgresql.new_database()
    postgresql.sql(BEFORE, database)
    environment = os.environ | {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgresql.port),
        "POSTGRES_DB": database,
        "PATH": f"{postgresql.programs}{os.pathsep}{os.environ['PATH']}",
    }

    def typed(command: str) -> None:
        subprocess.run(
            ["sh", "-c", command], check=True, env=environment, cwd=tmp_path, capture_output=True, timeout=60
        )

    typed(f"{_DUMP['postgres'][0]} > before.dump")
    postgresql.sql(MIGRATED, database)
    typed(f"( {_RESTORE['postgres']} ) < before.dump")
    assert postgresql.sql("SELECT string_agg(name, ',') FROM customers", database) == "Ada"
    tables = postgresql.sql(
        "SELECT string_agg(relname, ',') FROM pg_class WHERE relname IN ('orders', 'names')", database
    )
    assert re.sub(r"\s", "", tables) == ""
