"""Alembic takes the database from DATABASE_URL, as the service does."""

import os

from alembic import context

from app import discounts  # noqa: F401 - its table belongs to the metadata
from app.database import make_engine
from app.models import Base

engine = make_engine(os.environ["DATABASE_URL"])

with engine.connect() as connection:
    # one transaction per revision: a revision that creates an index concurrently has to leave it for a moment
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
