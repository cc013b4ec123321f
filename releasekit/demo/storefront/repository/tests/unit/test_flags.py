from pathlib import Path

import pytest

from app import flags


@pytest.fixture(autouse=True)
def shipped_flags():
    flags.load_flags(Path("config/flags.flagd.json"))


def test_gift_wrapping_is_on():
    assert flags.gift_wrapping()


def test_discount_codes_are_off_and_their_route_is_hidden(client):
    assert not flags.discount_codes()
    assert client.post("/orders/1/discount", json={"code": "SPRING-00000000"}).status_code == 404
