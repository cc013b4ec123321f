"""The web process: `uvicorn app.main:app --port 8080`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import __version__, flags, telemetry
from app.carts import Carts, get_carts
from app.database import get_session, make_engine, make_sessions
from app.routes import discounts, orders, products
from app.settings import get_settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    logging.basicConfig(level=settings.log_level)
    engine = make_engine(settings.database_url.get_secret_value())
    app.state.sessions = make_sessions(engine)
    app.state.carts = Carts(Redis.from_url(settings.redis_url, decode_responses=True), settings.cart_ttl_seconds)
    flags.load_flags(settings.flags_file)
    logging.getLogger("storefront").info("storefront %s is ready to serve", __version__)
    yield
    engine.dispose()


app = FastAPI(title="storefront", version=__version__, lifespan=lifespan)
app.middleware("http")(telemetry.observe)
app.add_api_route("/metrics", telemetry.metrics, include_in_schema=False)
app.include_router(products.router)
app.include_router(orders.router)
app.include_router(discounts.router)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers. Says nothing of the database, so that a slow database restarts no pod."""
    return {"status": "ok", "version": __version__}


@app.get("/readyz")
def readyz(
    session: Annotated[Session, Depends(get_session)],
    carts: Annotated[Carts, Depends(get_carts)],
) -> dict[str, str]:
    """Database and Redis answer, so requests may be sent here."""
    try:
        session.execute(text("SELECT 1"))
        carts.ping()
    except (SQLAlchemyError, RedisError) as error:
        raise HTTPException(503, type(error).__name__) from error
    return {"status": "ready"}
