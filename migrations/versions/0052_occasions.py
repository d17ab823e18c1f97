"""Days on which bidders come: to see, and to present what they offer."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

OCCASIONS = ("visit", "presentations")


def upgrade() -> None:
    """Nothing that there is has such a day."""
    for name in OCCASIONS:
        op.add_column("itt", sa.Column(f"{name}_date", sa.Date()))
        op.add_column("itt", sa.Column(f"{name}_words", sa.Text(), server_default=sa.text("''"), nullable=False))
        op.add_column("addendum", sa.Column(f"{name}_date", sa.Date()))


def downgrade() -> None:
    """The days are lost, and what was said about them."""
    for name in OCCASIONS:
        op.drop_column("addendum", f"{name}_date")
        op.drop_column("itt", f"{name}_words")
        op.drop_column("itt", f"{name}_date")
