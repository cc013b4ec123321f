"""Settings, read from the environment once at start. A variable without a default has to be given."""

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: SecretStr
    redis_url: str = "redis://localhost:6379/0"
    cart_ttl_seconds: int = 86_400
    shipping_note_max_length: int = 500
    flags_file: Path = Path("config/flags.flagd.json")
    log_level: str = "INFO"
    worker_interval_seconds: float = 2.0
    worker_heartbeat_file: Path = Path("/tmp/storefront-worker")


@lru_cache
def get_settings() -> Settings:
    return Settings()
