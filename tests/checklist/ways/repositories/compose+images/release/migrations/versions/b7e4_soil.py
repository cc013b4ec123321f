"""A garden may have a soil."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.add_column("gardens", sa.Column("soil", sa.String(200), nullable=True))


def downgrade():
    op.drop_column("gardens", "soil")
