"""add discount codes

Only adds: version 2.3.1 keeps working on this schema.

Revision ID: 3e9a5c71d80f
Revises: b83d2f6e4a17
Create Date: 2026-11-05 10:22:31
"""

import sqlalchemy as sa
from alembic import op

revision = "3e9a5c71d80f"
down_revision = "b83d2f6e4a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discounts",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
    )
    op.create_index("ix_discounts_valid_until", "discounts", ["valid_until"])
    op.add_column("orders", sa.Column("discount_code", sa.String(64), nullable=True))
    op.add_column("orders", sa.Column("discount_cents", sa.Integer(), nullable=True))
    # concurrently: orders are written while the index is built
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_discount_code", "orders", ["discount_code"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_discount_code", table_name="orders")
    op.drop_column("orders", "discount_cents")
    op.drop_column("orders", "discount_code")
    op.drop_table("discounts")
