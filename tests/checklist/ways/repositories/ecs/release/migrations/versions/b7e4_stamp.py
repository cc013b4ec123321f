"""stamp is read by nobody any more."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.drop_column("letters", "stamp")


def downgrade():
    op.add_column("letters", sa.Column("stamp", sa.String(200)))
