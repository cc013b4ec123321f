"""Real PostgreSQL (DATABASE_URL, emptied for every test) and real Redis (REDIS_URL)."""

import os

import pytest
from alembic.config import Config
from sqlalchemy import text

from app.database import make_engine


@pytest.fixture
def engine():
    engine = make_engine(os.environ["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


@pytest.fixture
def alembic():
    return Config("alembic.ini")
