"""A bird may have a song."""

import sqlalchemy as sa
from alembic import op

revision = "b7e4a915"
down_revision = "a1f0c3d2"


def upgrade():
    op.add_column("birds", sa.Column("song", sa.String(200), nullable=True))


def downgrade():
    op.drop_column("birds", "song")
