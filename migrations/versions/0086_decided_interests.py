"""What follows from an interest is one of four; a panel member's link with a bidder stands by itself, and by lot."""

import sqlalchemy as sa
from alembic import context, op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

BEFORE = ["itt_id", "user_id", "panel_id"]
EXTENT = "stepped_back_from IN ('lot', 'whole')"


def upgrade() -> None:
    """Whoever on a panel declared an interest has stepped back from the whole procurement, as it was."""
    op.add_column("interest", sa.Column("bid_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_interest_bid_id"), "interest", "bid", ["bid_id"], ["id"], ondelete="CASCADE")
    op.add_column("interest", sa.Column("stepped_back_from", sa.String(40)))
    op.drop_constraint("uq_interest_itt_id_user_id_panel_id", "interest")
    op.create_unique_constraint(
        "uq_interest_itt_id_user_id_panel_id_bid_id",
        "interest",
        [*BEFORE, "bid_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_check_constraint(op.f("ck_interest_extent"), "interest", EXTENT)
    op.create_check_constraint(
        op.f("ck_interest_bidder_of_a_panel"), "interest", "bid_id IS NULL OR panel_id IS NOT NULL"
    )
    op.execute("UPDATE interest SET stepped_back_from = 'whole' WHERE panel_id IS NOT NULL AND has_interest")
    op.add_column("mitigation", sa.Column("outcome", sa.String(40)))
    op.execute("UPDATE mitigation SET outcome = CASE WHEN takes_part THEN 'conditions' ELSE 'whole' END")
    op.alter_column("mitigation", "outcome", nullable=False)
    op.drop_column("mitigation", "takes_part")
    op.create_check_constraint(
        op.f("ck_mitigation_mitigation_outcome"),
        "mitigation",
        "outcome IN ('nothing', 'conditions', 'lot', 'whole')",
    )
    _lot_recusal()


def _lot_recusal() -> None:
    op.create_table(
        "lot_recusal",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_lot_recusal_user_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_recusal_lot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "lot_id", name=op.f("pk_lot_recusal")),
    )
    op.create_index(op.f("ix_lot_recusal_lot_id"), "lot_recusal", ["lot_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON lot_recusal TO {role}")


def downgrade() -> None:
    """Links with several bidders become one entry again; a step back from a lot is lost."""
    op.drop_table("lot_recusal")
    op.add_column("mitigation", sa.Column("takes_part", sa.Boolean()))
    op.execute("UPDATE mitigation SET takes_part = outcome <> 'whole'")
    op.alter_column("mitigation", "takes_part", nullable=False)
    op.drop_constraint(op.f("ck_mitigation_mitigation_outcome"), "mitigation", type_="check")
    op.drop_column("mitigation", "outcome")
    op.execute(
        "UPDATE interest AS seat SET has_interest = true, detail = links.detail "
        "FROM (SELECT itt_id, user_id, panel_id, string_agg(detail, E'\\n') AS detail FROM interest "
        "WHERE bid_id IS NOT NULL AND has_interest GROUP BY itt_id, user_id, panel_id) AS links "
        "WHERE seat.bid_id IS NULL AND (seat.itt_id, seat.user_id, seat.panel_id) = "
        "(links.itt_id, links.user_id, links.panel_id)"
    )
    op.execute("DELETE FROM interest WHERE bid_id IS NOT NULL")
    op.drop_constraint(op.f("ck_interest_bidder_of_a_panel"), "interest", type_="check")
    op.drop_constraint(op.f("ck_interest_extent"), "interest", type_="check")
    op.drop_constraint("uq_interest_itt_id_user_id_panel_id_bid_id", "interest")
    op.create_unique_constraint(
        "uq_interest_itt_id_user_id_panel_id", "interest", BEFORE, postgresql_nulls_not_distinct=True
    )
    op.drop_column("interest", "stepped_back_from")
    op.drop_constraint(op.f("fk_interest_bid_id"), "interest", type_="foreignkey")
    op.drop_column("interest", "bid_id")
