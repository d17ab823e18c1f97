"""Lots that two people draw between tied bids; the reason for one of several tied bids without such a rule."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Methods that were frozen before draw no lot, and keep their hash."""
    op.create_table(
        "draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("bids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opening_hash", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("seed", sa.Text()),
        sa.Column("drawn", postgresql.ARRAY(sa.Text())),
        sa.CheckConstraint("status IN ('open', 'done', 'abandoned')", name=op.f("ck_draw_draw_status")),
        sa.CheckConstraint("(status IN ('done')) = (seed IS NOT NULL)", name=op.f("ck_draw_seed_matches")),
        sa.CheckConstraint("(seed IS NULL) = (drawn IS NULL)", name=op.f("ck_draw_drawn_with_its_seed")),
        sa.CheckConstraint("cardinality(bids) > 1", name=op.f("ck_draw_between_bids")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_draw_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_draw_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
    )
    op.create_index(op.f("ix_draw_itt_id"), "draw", ["itt_id"])
    op.create_index(
        "uq_draw_lot_in_force", "draw", ["lot_id"], unique=True, postgresql_where=sa.text("status <> 'abandoned'")
    )
    op.create_table(
        "draw_part",
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column(
            "committed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("value", sa.Text()),
        sa.Column("revealed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("number IN (1, 2)", name=op.f("ck_draw_part_of_two")),
        sa.CheckConstraint("commitment ~ '^[0-9a-f]{64}$'", name=op.f("ck_draw_part_commitment_is_sha256")),
        sa.CheckConstraint("(value IS NULL) = (revealed_at IS NULL)", name=op.f("ck_draw_part_revealed_whole")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_part_draw_id")),
        sa.ForeignKeyConstraint(["person_id"], ["user_account.id"], name=op.f("fk_draw_part_person_id")),
        sa.PrimaryKeyConstraint("draw_id", "number", name=op.f("pk_draw_part")),
        sa.UniqueConstraint("draw_id", "person_id", name="uq_draw_part_two_people"),
        sa.UniqueConstraint("draw_id", "commitment", name="uq_draw_part_own_commitment"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON draw, draw_part TO {role}")
    op.add_column("award_decision", sa.Column("tie_reason", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """Whatever was drawn is lost, but for the ledger."""
    op.drop_column("award_decision", "tie_reason")
    op.drop_table("draw_part")
    op.drop_table("draw")
