"""An invitation says in easy words what it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Invitations that are there say nothing in easy words."""
    op.add_column("itt", sa.Column("easy_read", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """What was said in easy words is lost."""
    op.drop_column("itt", "easy_read")
