"""That bidders were checked before an award: who was looked at, on which debarment list."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is noted as checked. An award that is proposed already is decided without; the next waits for checks."""
    op.create_table(
        "bidder_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid()),
        sa.Column("looked_online", sa.Boolean(), nullable=False),
        sa.Column("looked_at", postgresql.JSONB(), nullable=False),
        sa.Column("information_seen", sa.Boolean()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_array_length(looked_at) > 0", name=op.f("ck_bidder_check_looked_at_somebody")),
        sa.CheckConstraint(
            "information_seen IS NOT FALSE OR btrim(note) <> ''", name=op.f("ck_bidder_check_unseen_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_bidder_check_itt_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bidder_check_bid_id")),
        sa.ForeignKeyConstraint(["list_id"], ["debarment_list.id"], name=op.f("fk_bidder_check_list_id")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user_account.id"], name=op.f("fk_bidder_check_checked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bidder_check")),
    )
    op.create_index(op.f("ix_bidder_check_itt_id"), "bidder_check", ["itt_id"])
    op.create_index("ix_bidder_check_bid_id", "bidder_check", ["bid_id", "checked_at"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT ON bidder_check TO {role}")


def downgrade() -> None:
    """That bidders were checked is lost from the tables; the ledger still says who did it and when."""
    op.drop_table("bidder_check")
