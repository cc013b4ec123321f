"""Lends the tests of the checklist a PostgreSQL server."""

from tests.run.postgresql import postgresql

__all__ = ["postgresql"]
