"""What the shop sells, and the carts that it is put into."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import flags
from app.carts import Carts, get_carts
from app.database import get_session
from app.models import Product

router = APIRouter()


class ProductView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    sku: str
    name: str
    price_cents: int
    stock: int


class CartItem(BaseModel):
    sku: str = Field(max_length=32)
    quantity: int = Field(ge=0, le=99)


class CartView(BaseModel):
    items: dict[str, int]
    gift_wrapping: bool


@router.get("/products")
def list_products(session: Annotated[Session, Depends(get_session)]) -> list[ProductView]:
    return [ProductView.model_validate(row) for row in session.scalars(select(Product).order_by(Product.sku))]


@router.get("/products/{sku}")
def read_product(sku: str, session: Annotated[Session, Depends(get_session)]) -> ProductView:
    product = session.scalar(select(Product).where(Product.sku == sku))
    if product is None:
        raise HTTPException(404, "no such product")
    return ProductView.model_validate(product)


@router.put("/carts/{cart_id}/items")
def put_item(cart_id: str, item: CartItem, carts: Annotated[Carts, Depends(get_carts)]) -> CartView:
    carts.put(cart_id, item.sku, item.quantity)
    return CartView(items=carts.items(cart_id), gift_wrapping=flags.gift_wrapping())


@router.get("/carts/{cart_id}")
def read_cart(cart_id: str, carts: Annotated[Carts, Depends(get_carts)]) -> CartView:
    return CartView(items=carts.items(cart_id), gift_wrapping=flags.gift_wrapping())
