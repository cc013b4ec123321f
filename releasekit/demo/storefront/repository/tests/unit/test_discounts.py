from datetime import date

import pytest

from app.discounts import code_for, redeem
from app.models import Order, OrderLine

KEY = "k" * 32
TODAY = date(2026, 11, 20)


@pytest.fixture
def order(session):
    order = Order(customer_email="ana@example.com", status="new")
    order.lines.append(OrderLine(product_id=1, quantity=2, unit_price_cents=1250))
    session.add(order)
    session.commit()
    return order


def test_a_good_code_takes_its_percent_off(session, order):
    assert redeem(session, order, code_for("SPRING", KEY), KEY, TODAY)
    assert order.total_cents == 2250


def test_a_guessed_code_changes_nothing(session, order):
    assert not redeem(session, order, "SPRING-00000000", KEY, TODAY)
    assert order.total_cents == 2500


def test_an_expired_code_changes_nothing(session, order):
    assert not redeem(session, order, code_for("WINTER", KEY), KEY, TODAY)


def test_one_code_for_an_order(client, session, order, discounts_on):
    code = {"code": code_for("SPRING", KEY)}
    assert client.post(f"/orders/{order.id}/discount", json=code).status_code == 200
    assert client.post(f"/orders/{order.id}/discount", json=code).status_code == 422
