"""Providers that have looked at an invitation are reminded of its closing time, and nobody else learns of it."""

import sqlalchemy as sa
from alembic import context, op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever follows has looked."""
    op.create_table(
        "itt_reader",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_itt_reader_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_itt_reader_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_itt_reader")),
        sa.UniqueConstraint("itt_id", "provider_id", name=op.f("uq_itt_reader_itt_id_provider_id")),
    )
    op.execute(
        "INSERT INTO itt_reader (id, itt_id, provider_id, since) "
        "SELECT gen_random_uuid(), follower.itt_id, held.provider_id, min(follower.since) "
        "FROM itt_follower follower JOIN membership held ON held.user_id = follower.user_id "
        "WHERE held.provider_id IS NOT NULL AND held.ended_at IS NULL "
        "GROUP BY follower.itt_id, held.provider_id"
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, DELETE ON itt_reader TO {role}")


def downgrade() -> None:
    """Who has looked is forgotten, and not reminded."""
    op.drop_table("itt_reader")
