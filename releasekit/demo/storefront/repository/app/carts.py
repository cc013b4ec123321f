"""Carts live in Redis and are forgotten after a day; an order copies what it needs."""

from fastapi import Request
from redis import Redis


class Carts:
    def __init__(self, redis: Redis, ttl_seconds: int) -> None:
        self._redis = redis
        self._ttl = ttl_seconds

    def put(self, cart_id: str, sku: str, quantity: int) -> None:
        key = f"cart:{cart_id}"
        if quantity:
            self._redis.hset(key, sku, quantity)
        else:
            self._redis.hdel(key, sku)
        self._redis.expire(key, self._ttl)

    def items(self, cart_id: str) -> dict[str, int]:
        return {sku: int(quantity) for sku, quantity in self._redis.hgetall(f"cart:{cart_id}").items()}

    def forget(self, cart_id: str) -> None:
        self._redis.delete(f"cart:{cart_id}")

    def ping(self) -> None:
        self._redis.ping()


def get_carts(request: Request) -> Carts:
    return request.app.state.carts
