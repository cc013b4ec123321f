"""One zygote for all tests of a worker; those that kill it get the next."""

from collections.abc import Iterator

import pytest

from releasekit.kernels import asking

pytestmark = pytest.mark.skipif(bool(asking.unforkable()), reason=asking.unforkable() or "kernels can be forked here")


@pytest.fixture(scope="session", autouse=True)
def zygote() -> Iterator[None]:
    """Ended with the tests, so that nothing of it is left."""
    yield
    asking.end()
