"""Young people practise on made-up answers, before the real ones where their panel asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has practised yet, and no panel asks for it."""
    op.add_column(
        "taking_part", sa.Column("practice_played", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("taking_part", sa.Column("practised_at", sa.DateTime(timezone=True)))
    op.add_column(
        "sitting_times", sa.Column("practice_first", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    """Who practised is lost."""
    op.drop_column("sitting_times", "practice_first")
    op.drop_column("taking_part", "practised_at")
    op.drop_column("taking_part", "practice_played")
