"""remark is read by nobody any more."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.drop_column("tickets", "remark")


def downgrade():
    op.add_column("tickets", sa.Column("remark", sa.String(200)))
