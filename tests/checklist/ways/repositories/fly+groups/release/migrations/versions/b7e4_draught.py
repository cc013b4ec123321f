"""draught is read by nobody any more."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.drop_column("boats", "draught")


def downgrade():
    op.add_column("boats", sa.Column("draught", sa.String(200)))
