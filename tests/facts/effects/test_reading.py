import pytest

from releasekit.facts.effects.model import Effect
from releasekit.facts.effects.reading import is_migration, read
from releasekit.facts.files import Files
from releasekit.tree import of_texts


@pytest.mark.parametrize(
    ("path", "tool", "yes"),
    [
        ("migrations/versions/a_b.py", "alembic", True),
        ("migrations/env.py", "alembic", False),
        ("shop/migrations/0002_x.py", "django", True),
        ("shop/migrations/__init__.py", "django", False),
        ("prisma/migrations/2024_x/migration.sql", "prisma", True),
        ("prisma/migrations/migration_lock.toml", "prisma", False),
        ("db/migrate/20240101000000_x.rb", "rails", True),
        ("db/migration/V2__x.sql", "flyway", True),
        ("db/migration/U2__x.sql", "flyway", False),
        ("migrations/0002_x.up.sql", "golang-migrate", True),
        ("migrations/0002_x.down.sql", "golang-migrate", False),
        ("migrations/README.md", "goose", False),
    ],
)
def test_which_files_of_a_migration_folder_go_forward(path: str, tool: str, yes: bool) -> None:
    assert is_migration(path, tool) is yes


def test_only_the_way_up_of_a_file_with_both_directions_is_classed() -> None:
    text = "-- +goose Up\nCREATE TABLE a (b int);\n\n-- +goose Down\nDROP TABLE a;\n"
    effects = read(Files(of_texts({"m/1_x.sql": text})), "m/1_x.sql", "goose", "postgres")
    assert effects.decides is not None
    assert (effects.decides.effect, effects.reversible) == (Effect.ADDITIVE, True)


def test_an_undo_file_beside_a_migration_makes_it_reversible() -> None:
    files = Files(
        of_texts({"m/V2__x.sql": "DROP TABLE a;", "m/U2__x.sql": "CREATE TABLE a (b int);", "m/V3__y.sql": "SELECT 1;"})
    )
    assert read(files, "m/V2__x.sql", "flyway", "postgres").reversible is True
    assert read(files, "m/V3__y.sql", "flyway", "postgres").reversible is False


def test_a_migration_that_no_reader_understands_is_unknown() -> None:
    effects = read(Files(of_texts({"m/x.cs": "class X {}"})), "m/x.cs", "ef", "postgres")
    assert effects.decides is not None
    assert effects.decides.effect is Effect.UNKNOWN
