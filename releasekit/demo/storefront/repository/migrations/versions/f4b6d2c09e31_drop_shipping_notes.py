"""drop shipping notes

The notes hold personal data that nobody needs once a parcel has arrived (SHOP-398). Their text is gone after this
revision: the downgrade brings back an empty column, and only a backup brings back what was in it.

Revision ID: f4b6d2c09e31
Revises: 3e9a5c71d80f
Create Date: 2026-11-16 08:57:12
"""

import sqlalchemy as sa
from alembic import op

revision = "f4b6d2c09e31"
down_revision = "3e9a5c71d80f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("orders", "shipping_note")


def downgrade() -> None:
    op.add_column("orders", sa.Column("shipping_note", sa.Text(), nullable=True))
