from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

RUNNING = "b83d2f6e4a17"  # what version 2.3.1 has


def columns(engine):
    return {column["name"] for column in inspect(engine).get_columns("orders")}


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
    command.downgrade(alembic, RUNNING)
    assert "shipping_note" in columns(engine)
    command.upgrade(alembic, "head")
    assert "shipping_note" not in columns(engine)


def test_orders_of_the_running_version_are_kept_without_their_notes(engine, alembic):
    command.upgrade(alembic, RUNNING)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO orders (customer_email, created_at, shipping_note) VALUES ('a@example.com', now(), 'x')")
        )
    command.upgrade(alembic, "head")
    command.downgrade(alembic, RUNNING)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT customer_email, status, shipping_note FROM orders")).all()
    assert rows == [("a@example.com", "new", None)]
