"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "a1f0c3d2"
down_revision = None


def upgrade():
    op.create_table(
        "birds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
    )


def downgrade():
    op.drop_table("birds")
