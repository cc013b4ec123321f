"""Alembic takes the database from DATABASE_URL, as the service does."""

import os

from alembic import context

from app.database import make_engine
from app.models import Base

engine = make_engine(os.environ["DATABASE_URL"])

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
