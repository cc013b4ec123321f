"""Histories of migrations: tool, folder and heads, for tools with a graph and for tools with a naming rule."""

import pytest

from releasekit.facts.detectors import migrations_embedded, migrations_liquibase, migrations_named, migrations_python
from tests.facts.saying import facts, findings, pairs, values

ALEMBIC = {
    "api/alembic.ini": "[alembic]\nscript_location = %(here)s/db/revisions\n",
    "api/db/revisions/env.py": "context = None\n",
    "api/db/revisions/script.py.mako": "${message}\n",
    "api/db/revisions/versions/a.py": 'revision = "aaa111"\ndown_revision = None\n',
    "api/db/revisions/versions/b.py": 'revision: str = "bbb222"\ndown_revision: str | None = "aaa111"\n',
    "api/db/revisions/versions/c.py": 'revision = "ccc333"\ndown_revision = "aaa111"\n',
}
MERGE = {"api/db/revisions/versions/d.py": 'revision = "ddd444"\ndown_revision = ("bbb222", "ccc333")\n'}
DJANGO = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"


def django(*needs: tuple[str, str], replaces: tuple[tuple[str, str], ...] = ()) -> str:
    return f"{DJANGO}    replaces = {list(replaces)!r}\n    dependencies = {list(needs)!r}\n"


def test_a_merge_of_two_alembic_branches_is_the_one_head() -> None:
    found = facts(migrations_python.detect, ALEMBIC | MERGE)
    assert [(fact.kind, fact.name, fact.value, fact.source) for fact in found] == [
        ("migration_tool", "api/db/revisions", "alembic", "api/alembic.ini:2"),
        ("migration_head", "api/db/revisions", "ddd444", "api/db/revisions/versions/d.py:1"),
        ("migration_head_count", "api/db/revisions", 1, "api/db/revisions/versions/d.py:2"),
    ]


def test_two_alembic_heads_are_counted_and_found() -> None:
    assert pairs(migrations_python.detect, ALEMBIC, "migration_head_count") == [("api/db/revisions", 2)]
    (finding,) = findings(migrations_python.detect, ALEMBIC)
    assert (finding.rule, finding.places) == (
        "migration-heads",
        ("api/db/revisions/versions/b.py:1", "api/db/revisions/versions/c.py:1"),
    )


def test_a_revision_that_follows_a_missing_one_is_a_finding() -> None:
    texts = {key: text for key, text in ALEMBIC.items() if not key.endswith(("/a.py", "/c.py"))}
    assert [finding.rule for finding in findings(migrations_python.detect, texts)] == ["migration-missing"]


def test_revisions_are_parsed_and_never_run() -> None:
    evil = 'import os\nos.abort()\nrevision = "eee555"\ndown_revision = "ddd444"\n'
    texts = ALEMBIC | MERGE | {"api/db/revisions/versions/e.py": evil}
    assert pairs(migrations_python.detect, texts, "migration_head") == [("api/db/revisions", "eee555")]


def test_django_apps_have_a_head_each_and_a_squash_stands_for_what_it_replaces() -> None:
    squash = (("shop", "0001_initial"), ("shop", "0002_price"))
    texts = {
        "manage.py": "import django\n",
        "apps/shop/migrations/__init__.py": "",
        "apps/shop/migrations/0001_initial.py": django(("auth", "0012_alter")),
        "apps/shop/migrations/0002_price.py": django(("shop", "0001_initial")),
        "apps/shop/migrations/0001_squashed_0002_price.py": django(replaces=squash),
        "apps/shop/migrations/0003_tax.py": django(("shop", "0002_price")),
        "apps/blog/migrations/__init__.py": "",
        "apps/blog/migrations/0001_initial.py": django(("shop", "0003_tax")),
    }
    assert pairs(migrations_python.detect, texts, "migration_head") == [
        ("apps/blog/migrations", "0001_initial"),
        ("apps/shop/migrations", "0003_tax"),
    ]
    assert pairs(migrations_python.detect, texts, "migration_tool") == [("apps", "django")]


@pytest.mark.parametrize(
    ("tool", "folder", "head", "texts"),
    [
        (
            "rails",
            "db/migrate",
            "20240302_b",
            {"db/migrate/20240101_a.rb": "x", "db/migrate/20240302_b.rb": "class B < ActiveRecord::Migration[7.1]"},
        ),
        (
            "flyway",
            "src/main/resources/db/migration",
            "V1_10__c",
            {
                "src/main/resources/db/migration/V1_9__b.sql": "x",
                "src/main/resources/db/migration/V1_10__c.sql": "x",
                "src/main/resources/db/migration/R__view.sql": "x",
            },
        ),
        (
            "flyway",
            "app/src/main/resources/db/migration",
            "V2__b",
            {
                "app/src/main/resources/db/migration/mysql/V2__b.sql": "x",
                "app/src/main/resources/db/migration/postgresql/V1__a.sql": "x",
            },
        ),
        (
            "prisma",
            "prisma/migrations",
            "20240601_more",
            {
                "prisma/migrations/20240101_init/migration.sql": "x",
                "prisma/migrations/20240601_more/migration.sql": "x",
            },
        ),
        (
            "knex",
            "migrations",
            "20240202000000_b",
            {"migrations/20240101000000_a.js": "knex", "migrations/20240202000000_b.js": "exports.up = (knex) => {}"},
        ),
        (
            "typeorm",
            "src/migrations",
            "1712345678901-AddY",
            {
                "src/migrations/1612345678901-AddX.ts": "x",
                "src/migrations/1712345678901-AddY.ts": "class Y implements MigrationInterface {}",
            },
        ),
        (
            "sequelize",
            "migrations",
            "20240101000000-a",
            {"migrations/20240101000000-a.js": "up: (queryInterface) => {}"},
        ),
        (
            "db-migrate",
            "migrations",
            "20240101000000-a",
            {"migrations/20240101000000-a.js": "exports._meta = {version: 1}"},
        ),
        (
            "ef",
            "Data/Migrations",
            "20240101000000_Init",
            {
                "Data/Migrations/20240101000000_Init.cs": "class Init : Migration",
                "Data/Migrations/20240101000000_Init.Designer.cs": "class Init",
            },
        ),
        (
            "goose",
            "db/migrations",
            "00010_b",
            {"db/migrations/00009_a.sql": "-- +goose Up", "db/migrations/00010_b.sql": "-- +goose Up"},
        ),
        (
            "golang-migrate",
            "migrations",
            "000002_b",
            {"migrations/000001_a.up.sql": "x", "migrations/000002_b.up.sql": "x", "migrations/000002_b.down.sql": "x"},
        ),
        ("dbmate", "db/migrations", "20240101_a", {"db/migrations/20240101_a.sql": "-- migrate:up"}),
        (
            "sqlx",
            "migrations",
            "20240101_a",
            {"migrations/20240101_a.sql": "x", "Cargo.toml": '[dependencies]\nsqlx = "1"'},
        ),
        (
            "diesel",
            "migrations",
            "2024-01-01-1_b",
            {"migrations/2024-01-01-1_b/up.sql": "x", "migrations/00000000000000_diesel/up.sql": "x"},
        ),
        (
            "laravel",
            "database/migrations",
            "2024_01_01_000000_b",
            {"database/migrations/2024_01_01_000000_b.php": "use Illuminate\\Database\\Migrations\\Migration;"},
        ),
        ("ecto", "priv/repo/migrations", "20240101_b", {"priv/repo/migrations/20240101_b.exs": "use Ecto.Migration"}),
        (
            "drizzle",
            "drizzle",
            "0001_b",
            {"drizzle/meta/_journal.json": '{"entries": [\n{"tag": "0000_a"},\n{"tag": "0001_b"}]}'},
        ),
    ],
)
def test_tools_that_order_by_name_have_the_newest_name_as_head(
    tool: str, folder: str, head: str, texts: dict[str, str]
) -> None:
    assert pairs(migrations_named.detect, texts, "migration_tool", "migration_head") == [(folder, tool), (folder, head)]


def test_sql_that_no_tool_runs_is_no_migration() -> None:
    texts = {
        "db/init.sql": "create table a ()",
        "sql/01_schema.sql": "create table b ()",
        "tests/db/migrate/1_a.rb": "x",
    }
    assert not facts(migrations_named.detect, texts)


def test_liquibase_follows_includes_in_their_order() -> None:
    resources = "src/main/resources/db/changelog"
    texts = {
        f"{resources}/db.changelog-master.yaml": (
            "databaseChangeLog:\n  - includeAll: {path: more/, relativeToChangelogFile: true}\n"
            "  - include: {file: db/changelog/last.xml}\n"
        ),
        f"{resources}/more/a-changelog.sql": "--liquibase formatted sql\n--changeset bob:first\ncreate table a ();\n",
        f"{resources}/last.xml": '<databaseChangeLog>\n<changeSet id="second" author="b"/>\n</databaseChangeLog>\n',
    }
    found = facts(migrations_liquibase.detect, texts)
    assert [(fact.kind, fact.name, fact.value) for fact in found] == [
        ("migration_tool", resources, "liquibase"),
        ("migration_head", resources, "second"),
        ("migration_head_count", resources, 1),
    ]
    assert found[1].source == f"{resources}/last.xml:2"


def test_a_change_log_that_includes_itself_ends() -> None:
    other = '<databaseChangeLog><include file="db/changelog/{}.xml"/>\n<changeSet id="{}"/></databaseChangeLog>'
    texts = {
        "db/changelog/db.changelog-master.xml": other.format("a-changelog", "root"),
        "db/changelog/a-changelog.xml": other.format("b-changelog", "a"),
        "db/changelog/b-changelog.xml": other.format("a-changelog", "b"),
    }
    assert pairs(migrations_liquibase.detect, texts, "migration_head") == [("db/changelog", "root")]


def test_data_of_other_contexts_is_no_head() -> None:
    place = "src/main/resources/config/liquibase"
    texts = {
        f"{place}/master.xml": (
            '<databaseChangeLog>\n<include file="config/liquibase/changelog/1_label.xml"/>\n'
            '<include file="config/liquibase/changelog/2_data.xml"/>\n</databaseChangeLog>\n'
        ),
        f"{place}/changelog/1_label.xml": (
            '<databaseChangeLog>\n<changeSet id="1" author="a"/>\n'
            '<changeSet id="1-data" author="a" context="faker"/>\n</databaseChangeLog>\n'
        ),
        f"{place}/changelog/2_data.xml": (
            '<databaseChangeLog>\n<changeSet id="2" author="a" context="test or prod"/>\n'
            '<changeSet id="3" author="a" context="!prod"/>\n</databaseChangeLog>\n'
        ),
    }
    assert pairs(migrations_liquibase.detect, texts, "migration_head") == [(place, "2")]


def test_a_folder_below_a_tool_s_folder_is_not_read_by_it() -> None:
    script = "exports.up = (db, cb) => { db.runSql('select 1', cb); };\n"
    texts = {
        "src/migrations/20240101000000-a.js": script,
        "src/migrations/20240102000000-b.js": script,
        "src/migrations/migrations/20250101000000-astray.js": script,
    }
    assert pairs(migrations_named.detect, texts, "migration_tool", "migration_head") == [
        ("src/migrations", "db-migrate"),
        ("src/migrations", "20240102000000-b"),
    ]


def test_a_table_of_functions_that_a_go_program_runs() -> None:
    text = (
        "var migrations = [...]func(tx *sql.Tx) error{\n\tfunc(tx *sql.Tx) (err error) {\n"
        '\t\t_, err = tx.Exec("CREATE TABLE a (x int, y int)")\n\t\treturn err\n\t},\n'
        "\t// a comment, with a comma\n\tfunc(tx *sql.Tx) (err error) {\n\t\treturn nil\n\t},\n}\n"
    )
    assert pairs(migrations_embedded.detect, {"db/migrations.go": text}, "migration_tool", "migration_head") == [
        ("db", "custom"),
        ("db", "2"),
    ]
    named = 'var migrations = []Migration{\n\tNew("add invites", invites), // V1\n\tNew("add pages", pages),\n}\n'
    assert values(migrations_embedded.detect, {"migrations/all.go": named}, "migration_head") == ["add pages"]


def test_sql_files_that_a_go_program_embeds() -> None:
    texts = {
        "store/migrator.go": "//go:embed migration\nvar files embed.FS\n",
        "store/migration/mysql/0.9/00__a.sql": "select 1;\n",
        "store/migration/mysql/0.10/01__b.sql": "select 1;\n",
        "store/migration/mysql/LATEST.sql": "select 1;\n",
    }
    assert pairs(migrations_embedded.detect, texts, "migration_head") == [("store/migration/mysql", "0.10/01__b")]
    texts = {"a/m.go": "//go:embed migrations/*.sql\n", "a/migrations/1_a.sql": "-- +goose Up\n"}
    assert not facts(migrations_embedded.detect, texts)


def test_prisma_s_folder_may_have_another_name() -> None:
    texts = {"packages/database/migration/20240101000000_a/migration.sql": "select 1;\n"}
    assert pairs(migrations_named.detect, texts, "migration_tool") == [("packages/database/migration", "prisma")]
