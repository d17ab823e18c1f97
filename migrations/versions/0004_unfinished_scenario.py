"""A scenario whose loading has begun is named until it has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("installation", sa.Column("unfinished_scenario", sa.Text()))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("installation", "unfinished_scenario")
