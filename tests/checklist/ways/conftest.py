"""Repositories of the ways, each laid out at most once for the tests of a worker."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.checklist.ways.laid import Laid, lay_out


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Laid]:
    """``laid("fly")`` is that fixture, laid out; tests only look at it."""

    @cache
    def once(fixture: str) -> Laid:
        return lay_out(fixture, tmp_path_factory.mktemp(fixture.replace("+", "-")))

    return once
