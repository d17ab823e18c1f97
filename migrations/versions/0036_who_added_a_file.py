"""Who added a file to a bid: what tells files of one name apart."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of files that are there already nobody noted it."""
    op.add_column("bid_file", sa.Column("added_by_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_bid_file_added_by_id"), "bid_file", "user_account", ["added_by_id"], ["id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_column("bid_file", "added_by_id")
