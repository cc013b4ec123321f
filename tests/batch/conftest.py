"""Ends the zygote with the tests of a worker; lends them PostgreSQL, an object store and a browser."""

from collections.abc import Iterator

import pytest

from releasekit.kernels import asking
from tests.archive.seaweedfs import s3, seaweedfs
from tests.record.browser import chromium
from tests.run.postgresql import postgresql

__all__ = ["chromium", "postgresql", "s3", "seaweedfs", "zygote"]


@pytest.fixture(scope="session", autouse=True)
def zygote() -> Iterator[None]:
    """Ended with the tests, so that nothing of it is left."""
    yield
    asking.end()
