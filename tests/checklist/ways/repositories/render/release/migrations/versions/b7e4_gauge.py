"""A sluice may have a gauge."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.add_column("sluices", sa.Column("gauge", sa.String(200), nullable=True))


def downgrade():
    op.drop_column("sluices", "gauge")
