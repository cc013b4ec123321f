"""Discount codes: a name and the first characters of its signature, so that a code cannot be guessed."""

import hashlib
import hmac
from datetime import date

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.models import Base, Order


class Discount(Base):
    __tablename__ = "discounts"
    __table_args__ = (Index("ix_discounts_valid_until", "valid_until"),)

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    percent: Mapped[int]
    valid_until: Mapped[date] = mapped_column(Date)


def code_for(name: str, key: str) -> str:
    return f"{name}-{hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest()[:8]}"


def redeem(session: Session, order: Order, code: str, key: str, today: date) -> bool:
    """True if the code was good and the order is now cheaper. One code per order, and only before it is confirmed."""
    name = code.rpartition("-")[0]
    discount = session.get(Discount, name)
    if order.status != "new" or order.discount_code or discount is None or discount.valid_until < today:
        return False
    if not hmac.compare_digest(code, code_for(name, key)):
        return False
    order.discount_code, order.discount_cents = code, order.total_cents * discount.percent // 100
    return True
