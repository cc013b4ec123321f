def test_a_cart_keeps_what_was_put_in(client):
    client.put("/carts/c1/items", json={"sku": "MUG-01", "quantity": 2})
    assert client.get("/carts/c1").json()["items"] == {"MUG-01": 2}


def test_quantity_zero_takes_an_item_out(client):
    client.put("/carts/c1/items", json={"sku": "MUG-01", "quantity": 2})
    client.put("/carts/c1/items", json={"sku": "MUG-01", "quantity": 0})
    assert client.get("/carts/c1").json()["items"] == {}


def test_a_cart_is_forgotten_after_its_time(client, redis):
    client.put("/carts/c1/items", json={"sku": "MUG-01", "quantity": 1})
    assert redis.expiry == {"cart:c1": 60}
