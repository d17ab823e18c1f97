"""Any provider can decline an invitation, also one that everybody may answer."""

import sqlalchemy as sa
from alembic import context, op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What was declined stays so."""
    op.create_table(
        "decline",
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("declined_at", WHEN, nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_decline_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_decline_provider_id")),
        sa.PrimaryKeyConstraint("itt_id", "provider_id", name=op.f("pk_decline")),
    )
    op.create_index("ix_decline_provider_id", "decline", ["provider_id"])
    op.execute(
        "INSERT INTO decline (itt_id, provider_id, declined_at, reason) "
        "SELECT itt_id, provider_id, declined_at, decline_reason FROM invitation WHERE declined_at IS NOT NULL"
    )
    op.drop_column("invitation", "decline_reason")
    op.drop_column("invitation", "declined_at")
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON decline TO {role}")


def downgrade() -> None:
    """What the invited declined stays so; what others did is lost."""
    op.add_column("invitation", sa.Column("declined_at", WHEN))
    op.add_column("invitation", sa.Column("decline_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.execute(
        "UPDATE invitation SET declined_at = decline.declined_at, decline_reason = decline.reason FROM decline "
        "WHERE decline.itt_id = invitation.itt_id AND decline.provider_id = invitation.provider_id"
    )
    op.drop_table("decline")
