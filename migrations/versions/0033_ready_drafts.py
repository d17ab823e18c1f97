"""When the submitters of a bid or an application were told that its draft is ready."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

DRAFTS = ("bid", "application")


def upgrade() -> None:
    """Nobody was told before."""
    for table in DRAFTS:
        op.add_column(table, sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it back."""
    for table in DRAFTS:
        op.drop_column(table, "ready_at")
