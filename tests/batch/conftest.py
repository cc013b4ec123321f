"""Ends the zygote with the tests of a worker, and lends the browser of the records' tests."""

from collections.abc import Iterator

import pytest

from releasekit.kernels import asking
from tests.record.browser import chromium

__all__ = ["chromium", "zygote"]


@pytest.fixture(scope="session", autouse=True)
def zygote() -> Iterator[None]:
    """Ended with the tests, so that nothing of it is left."""
    yield
    asking.end()
