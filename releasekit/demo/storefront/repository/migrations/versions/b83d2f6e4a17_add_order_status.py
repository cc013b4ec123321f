"""add order status

Revision ID: b83d2f6e4a17
Revises: 7c1f0e5a92b4
Create Date: 2026-06-02 14:18:55
"""

import sqlalchemy as sa
from alembic import op

revision = "b83d2f6e4a17"
down_revision = "7c1f0e5a92b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("status", sa.String(16), nullable=False, server_default="new"))
    op.create_index("ix_orders_status", "orders", ["status"])


def downgrade() -> None:
    op.drop_index("ix_orders_status", table_name="orders")
    op.drop_column("orders", "status")
