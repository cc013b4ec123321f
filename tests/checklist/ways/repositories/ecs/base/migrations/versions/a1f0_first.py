"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "a1f0c3d2"
down_revision = None


def upgrade():
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("stamp", sa.String(200)),
    )


def downgrade():
    op.drop_table("letters")
