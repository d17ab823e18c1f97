"""A commissioner reminds a panel of the scores that it owes, once a day at the most."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has been reminded by a commissioner before."""
    op.add_column("panel_work", sa.Column("reminded_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """When panels were reminded is in the ledger alone."""
    op.drop_column("panel_work", "reminded_at")
