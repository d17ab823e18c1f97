"""A question can be asked for some lots alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every question that there is, is asked for every lot."""
    op.add_column(
        "question",
        sa.Column("lot_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    """Take it back: every question is asked for every lot again."""
    op.drop_column("question", "lot_ids")
