"""Ends the zygote with the tests of a worker."""

from collections.abc import Iterator

import pytest

from releasekit.kernels import asking


@pytest.fixture(scope="session", autouse=True)
def zygote() -> Iterator[None]:
    """Ended with the tests, so that nothing of it is left."""
    yield
    asking.end()
