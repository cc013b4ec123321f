import os

from app.models import Order
from app.worker import STALE_AFTER_SECONDS, confirm_next, is_alive


def test_the_oldest_new_order_is_confirmed_first(session):
    session.add_all([Order(customer_email="a@example.com"), Order(customer_email="b@example.com")])
    session.commit()
    first = confirm_next(session)
    assert session.get(Order, first).customer_email == "a@example.com"


def test_without_new_orders_nothing_is_confirmed(session):
    assert confirm_next(session) is None


def test_a_worker_without_a_fresh_heartbeat_is_not_alive(tmp_path):
    heartbeat = tmp_path / "heartbeat"
    assert not is_alive(heartbeat, now=1000)
    heartbeat.touch()
    os.utime(heartbeat, (1000, 1000))
    assert is_alive(heartbeat, now=1000 + STALE_AFTER_SECONDS - 1)
    assert not is_alive(heartbeat, now=1000 + STALE_AFTER_SECONDS)
