"""The late box: bids that came after the closing time, sealed, and what two people decided about them."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, which the portal may write and never delete from."""
    op.create_table(
        "late_bid",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("seal_format", sa.SmallInteger(), nullable=False),
        sa.Column("keys_for_draft", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(), nullable=False),
        sa.Column("envelopes", postgresql.JSONB(), nullable=False),
        sa.Column("admits", sa.Boolean()),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid()),
        sa.Column("proposed_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("received_at >= closes_at", name=op.f("ck_late_bid_came_late")),
        sa.CheckConstraint(
            "(status = 'kept') = (proposed_by_id IS NULL)", name=op.f("ck_late_bid_proposed_by_somebody")
        ),
        sa.CheckConstraint(
            "(status IN ('admitted', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_late_bid_decided_or_waiting"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_late_bid_two_people")
        ),
        sa.CheckConstraint(
            "status IN ('kept', 'proposed', 'admitted', 'refused')", name=op.f("ck_late_bid_late_status")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_late_bid_bid_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_late_bid_itt_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user_account.id"], name=op.f("fk_late_bid_submitted_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_late_bid_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_late_bid_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_bid")),
        sa.UniqueConstraint("bid_id", name=op.f("uq_late_bid_bid_id")),
    )
    op.create_index(op.f("ix_late_bid_itt_id"), "late_bid", ["itt_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON late_bid TO {role}")
    op.execute(
        "CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON late_bid FOR EACH ROW "
        "WHEN (NEW.decided_by_id IS NOT NULL) "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )


def downgrade() -> None:
    """Drop the table; refused where something is in the box, which is evidence."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM late_bid")).scalar_one():
        raise RuntimeError("There are bids in the late box, which this release's predecessor does not know.")
    op.drop_table("late_bid")
