"""A cart becomes an order; the worker confirms it."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.carts import Carts, get_carts
from app.database import get_session
from app.models import Order, OrderLine, Product

router = APIRouter()


class NewOrder(BaseModel):
    cart_id: str
    customer_email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")


class OrderView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    status: str
    total_cents: int
    discount_code: str | None


@router.post("/orders", status_code=201)
def create_order(
    new: NewOrder,
    session: Annotated[Session, Depends(get_session)],
    carts: Annotated[Carts, Depends(get_carts)],
) -> OrderView:
    items = carts.items(new.cart_id)
    if not items:
        raise HTTPException(409, "the cart is empty")
    order = Order(customer_email=new.customer_email)
    for sku, quantity in sorted(items.items()):
        product = session.scalar(select(Product).where(Product.sku == sku).with_for_update())
        if product is None or product.stock < quantity:
            raise HTTPException(409, f"not enough of {sku}")
        product.stock -= quantity
        order.lines.append(OrderLine(product_id=product.id, quantity=quantity, unit_price_cents=product.price_cents))
    session.add(order)
    session.commit()
    carts.forget(new.cart_id)
    return OrderView.model_validate(order)


@router.get("/orders/{order_id}")
def read_order(order_id: int, session: Annotated[Session, Depends(get_session)]) -> OrderView:
    order = session.get(Order, order_id)
    if order is None:
        raise HTTPException(404, "no such order")
    return OrderView.model_validate(order)
