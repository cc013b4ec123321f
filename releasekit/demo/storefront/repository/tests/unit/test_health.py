from sqlalchemy.exc import OperationalError

from app import __version__
from app.database import get_session
from app.main import app


def test_healthz_names_the_version(client):
    assert client.get("/healthz").json() == {"status": "ok", "version": __version__}


def test_readyz_asks_database_and_redis(client):
    assert client.get("/readyz").status_code == 200


def test_readyz_is_503_without_a_database(client):
    class Broken:
        def execute(self, _):
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    app.dependency_overrides[get_session] = Broken
    assert client.get("/readyz").status_code == 503


def test_metrics_count_by_route_and_not_by_path(client):
    client.get("/products/MUG-01")
    text = client.get("/metrics").text
    assert 'route="/products/{sku}"' in text
    assert "MUG-01" not in text
