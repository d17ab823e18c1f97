"""Young people can score together on one scorecard, which counts once; each of them was there with their own PIN."""

import sqlalchemy as sa
from alembic import context, op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody scores alone until their facilitator writes down pairs."""
    op.add_column("panel_member", sa.Column("scores_with_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_panel_member_scores_with_id"), "panel_member", "panel_member", ["scores_with_id"], ["id"]
    )
    op.create_index(op.f("ix_panel_member_scores_with_id"), "panel_member", ["scores_with_id"])
    op.create_table(
        "sat_together",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "came_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["supported_sitting.id"], name=op.f("fk_sat_together_sitting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["panel_member.id"], name=op.f("fk_sat_together_member_id")),
        sa.PrimaryKeyConstraint("sitting_id", "member_id", name=op.f("pk_sat_together")),
    )
    op.create_index(op.f("ix_sat_together_member_id"), "sat_together", ["member_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON sat_together TO {role}")


def downgrade() -> None:
    """Whoever scored on another's scorecard has none of their own."""
    op.drop_table("sat_together")
    op.drop_index(op.f("ix_panel_member_scores_with_id"), table_name="panel_member")
    op.drop_column("panel_member", "scores_with_id")
