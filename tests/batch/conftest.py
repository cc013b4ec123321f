"""Ends the zygote with the tests of a worker; lends them PostgreSQL, an object store and a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from releasekit.kernels import asking
from tests.archive.seaweedfs import s3, seaweedfs
from tests.record.browser import chromium
from tests.run.postgresql import Server, running

__all__ = ["chromium", "postgresql", "s3", "seaweedfs", "zygote"]


@pytest.fixture(scope="session")
def postgresql(require: Callable[[str], Path]) -> Iterator[Server]:
    """A server whose databases are the tests' own."""
    with running(require("initdb").parent) as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def zygote() -> Iterator[None]:
    """Ended with the tests, so that nothing of it is left."""
    yield
    asking.end()
