"""The service on SQLite and a dictionary: fast, and enough for its rules. tests/integration has the real ones."""

import json
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from app import flags
from app.carts import Carts
from app.database import make_sessions
from app.discounts import Discount
from app.main import app
from app.models import Base, Product
from app.settings import Settings, get_settings


class DictRedis:
    def __init__(self):
        self.hashes = {}
        self.expiry = {}

    def hset(self, key, field, value):
        self.hashes.setdefault(key, {})[field] = str(value)

    def hdel(self, key, field):
        self.hashes.get(key, {}).pop(field, None)

    def hgetall(self, key):
        return self.hashes.get(key, {})

    def expire(self, key, seconds):
        self.expiry[key] = seconds

    def delete(self, key):
        self.hashes.pop(key, None)

    def ping(self):
        return True


@pytest.fixture
def engine():
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with make_sessions(engine)() as session:
        session.add(Product(sku="MUG-01", name="Mug", price_cents=1250, stock=3))
        session.add(Product(sku="CAP-07", name="Cap", price_cents=1900, stock=0))
        session.add(Discount(name="SPRING", percent=10, valid_until=date(2999, 1, 1)))
        session.add(Discount(name="WINTER", percent=10, valid_until=date(2020, 1, 1)))
        session.commit()
        yield session


@pytest.fixture
def redis():
    return DictRedis()


@pytest.fixture
def client(engine, session, redis):
    app.state.sessions = make_sessions(engine)
    app.state.carts = Carts(redis, ttl_seconds=60)
    app.dependency_overrides[get_settings] = lambda: Settings(database_url="sqlite://", discount_signing_key="k" * 32)
    yield TestClient(app)
    app.dependency_overrides.clear()


@pytest.fixture
def discounts_on(tmp_path):
    shipped = Path("config/flags.flagd.json")
    content = json.loads(shipped.read_text())
    content["flags"]["discount-codes"]["defaultVariant"] = "on"
    changed = tmp_path / "flags.json"
    changed.write_text(json.dumps(content))
    flags.load_flags(changed)
    yield
    flags.load_flags(shipped)
