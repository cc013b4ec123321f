"""A angle may have a unit."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.add_column("angles", sa.Column("unit", sa.String(200), nullable=True))


def downgrade():
    op.drop_column("angles", "unit")
