"""The worker process: confirms new orders, oldest first. `python -m app.worker --check` tells whether it is alive."""

import logging
import signal
import sys
from pathlib import Path
from threading import Event
from time import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import make_engine, make_sessions
from app.models import Order
from app.settings import get_settings

STALE_AFTER_SECONDS = 60


def confirm_next(session: Session) -> int | None:
    """Id of the order that was confirmed, if there was one. Several workers never take the same order."""
    order = session.scalar(
        select(Order).where(Order.status == "new").order_by(Order.id).limit(1).with_for_update(skip_locked=True)
    )
    if order is None:
        return None
    order.status = "confirmed"
    session.commit()
    return order.id


def is_alive(heartbeat: Path, now: float) -> bool:
    return heartbeat.exists() and now - heartbeat.stat().st_mtime < STALE_AFTER_SECONDS


def main() -> None:
    settings = get_settings()
    if "--check" in sys.argv:
        sys.exit(0 if is_alive(settings.worker_heartbeat_file, time()) else 1)
    logging.basicConfig(level=settings.log_level)
    log = logging.getLogger("storefront.worker")
    sessions = make_sessions(make_engine(settings.database_url.get_secret_value()))
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.is_set():
        settings.worker_heartbeat_file.touch()
        with sessions() as session:
            confirmed = confirm_next(session)
        if confirmed is None:
            stop.wait(settings.worker_interval_seconds)
        else:
            log.info("order %s is confirmed", confirmed)
    log.info("stopped after the current order")


if __name__ == "__main__":
    main()
