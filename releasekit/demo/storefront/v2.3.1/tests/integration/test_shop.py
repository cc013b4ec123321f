from threading import Thread

import pytest
from alembic import command
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.database import make_sessions
from app.main import app
from app.models import Order
from app.worker import confirm_next


@pytest.fixture
def client(engine, alembic):
    command.upgrade(alembic, "head")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO products (sku, name, price_cents, stock) VALUES ('TEST-0001', 'Test article', 100, 5)")
        )
    with TestClient(app) as client:
        yield client


def order(client, quantity):
    client.put("/carts/it/items", json={"sku": "TEST-0001", "quantity": quantity})
    return client.post("/orders", json={"cart_id": "it", "customer_email": "ana@example.com"})


def test_the_service_is_ready_with_database_and_redis(client):
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_customer_browses_fills_a_cart_and_orders(client):
    assert client.get("/products").json()[0]["sku"] == "TEST-0001"
    assert order(client, 2).json()["total_cents"] == 200
    assert client.get("/products/TEST-0001").json()["stock"] == 3


def test_an_order_is_confirmed_by_the_worker(client, engine):
    number = order(client, 1).json()["id"]
    with make_sessions(engine)() as session:
        assert confirm_next(session) == number
    assert client.get(f"/orders/{number}").json()["status"] == "confirmed"


def test_two_workers_never_confirm_the_same_order(client, engine):
    sessions = make_sessions(engine)
    with sessions() as session:
        session.add_all(Order(customer_email=f"{n}@example.com") for n in range(20))
        session.commit()
    confirmed = []

    def work():
        with sessions() as session:
            while (number := confirm_next(session)) is not None:
                confirmed.append(number)

    threads = [Thread(target=work), Thread(target=work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(confirmed)) == len(confirmed) == 20
