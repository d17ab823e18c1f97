"""Every procurement has an officer who looks after it."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """At first whoever began it looks after it."""
    op.add_column("itt", sa.Column("owner_id", sa.Uuid()))
    op.execute("UPDATE itt SET owner_id = created_by_id")
    op.alter_column("itt", "owner_id", nullable=False)
    op.create_foreign_key(op.f("fk_itt_owner_id"), "itt", "user_account", ["owner_id"], ["id"])
    op.create_index(op.f("ix_itt_owner_id"), "itt", ["owner_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_itt_owner_id"), "itt")
    op.drop_column("itt", "owner_id")
