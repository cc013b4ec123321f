from pathlib import Path

import pytest

from app import flags


@pytest.fixture(autouse=True)
def shipped_flags():
    flags.load_flags(Path("config/flags.flagd.json"))


def test_gift_wrapping_is_on():
    assert flags.gift_wrapping()
