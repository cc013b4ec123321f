"""A customer enters a discount code. Hidden behind the flag `discount-codes`."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import discounts, flags
from app.database import get_session
from app.models import Order
from app.routes.orders import OrderView
from app.settings import Settings, get_settings

router = APIRouter()


class Code(BaseModel):
    code: str = Field(max_length=64)


@router.post("/orders/{order_id}/discount")
def redeem_code(
    order_id: int,
    body: Code,
    session: Annotated[Session, Depends(get_session)],
    settings: Annotated[Settings, Depends(get_settings)],
) -> OrderView:
    if not flags.discount_codes():
        raise HTTPException(404)
    order = session.get(Order, order_id, with_for_update=True)
    if order is None:
        raise HTTPException(404, "no such order")
    key = settings.discount_signing_key.get_secret_value()
    if not discounts.redeem(session, order, body.code, key, datetime.now(UTC).date()):
        raise HTTPException(422, "this code is not valid for this order")
    session.commit()
    return OrderView.model_validate(order)
