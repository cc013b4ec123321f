import pytest

from app.models import Product


@pytest.fixture
def cart(client):
    client.put("/carts/c1/items", json={"sku": "MUG-01", "quantity": 2})
    return {"cart_id": "c1", "customer_email": "ana@example.com"}


def test_an_order_takes_the_cart_and_its_prices(client, cart):
    answer = client.post("/orders", json=cart)
    assert answer.status_code == 201
    assert answer.json()["total_cents"] == 2500


def test_an_order_lowers_the_stock(client, cart, session):
    client.post("/orders", json=cart)
    session.expire_all()
    assert session.query(Product).filter_by(sku="MUG-01").one().stock == 1


def test_an_ordered_cart_is_empty(client, cart):
    client.post("/orders", json=cart)
    assert client.post("/orders", json=cart).status_code == 409


def test_nothing_is_ordered_that_is_not_in_stock(client):
    client.put("/carts/c2/items", json={"sku": "CAP-07", "quantity": 1})
    answer = client.post("/orders", json={"cart_id": "c2", "customer_email": "ana@example.com"})
    assert answer.status_code == 409


def test_an_address_without_at_is_refused(client, cart):
    assert client.post("/orders", json=cart | {"customer_email": "ana"}).status_code == 422
