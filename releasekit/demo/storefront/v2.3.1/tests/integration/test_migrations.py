from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text


def test_an_empty_database_reaches_the_one_head(engine, alembic):
    command.upgrade(alembic, "head")
    with engine.connect() as connection:
        found = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert found == ScriptDirectory.from_config(alembic).get_heads()


def test_models_and_schema_agree(engine, alembic):
    command.upgrade(alembic, "head")
    command.check(alembic)


def test_up_down_and_up_again(engine, alembic):
    command.upgrade(alembic, "head")
    command.downgrade(alembic, "base")
    command.upgrade(alembic, "head")
