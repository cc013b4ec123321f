"""The two stores that a run can be kept in, as fixtures."""

from pathlib import Path

import pytest

from tests.run.postgresql import Server, postgresql

__all__ = ["address", "postgresql"]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, once in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'releases.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.url(server.new_database())
