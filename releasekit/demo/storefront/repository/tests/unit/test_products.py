def test_products_are_listed_by_sku(client):
    assert [product["sku"] for product in client.get("/products").json()] == ["CAP-07", "MUG-01"]


def test_a_product_has_price_and_stock(client):
    assert client.get("/products/MUG-01").json() == {"sku": "MUG-01", "name": "Mug", "price_cents": 1250, "stock": 3}


def test_an_unknown_product_is_404(client):
    assert client.get("/products/NONE").status_code == 404
