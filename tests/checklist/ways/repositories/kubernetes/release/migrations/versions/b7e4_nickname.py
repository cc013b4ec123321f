"""nickname is read by nobody any more."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.drop_column("planets", "nickname")


def downgrade():
    op.add_column("planets", sa.Column("nickname", sa.String(200)))
