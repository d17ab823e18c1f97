"""The bids of a panel can be shared out: each is scored by some of its members."""

import sqlalchemy as sa
from alembic import context, op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Panels that are at work go on scoring as a whole: they have no row."""
    op.create_table(
        "panel_sharing",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shared_by_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("panel_id", name=op.f("pk_panel_sharing")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_sharing_panel_id")),
        sa.ForeignKeyConstraint(["shared_by_id"], ["user_account.id"], name=op.f("fk_panel_sharing_shared_by_id")),
        sa.CheckConstraint("least >= 2 AND most >= 1", name=op.f("ck_panel_sharing_numbers_are_possible")),
    )
    op.create_index(op.f("ix_panel_sharing_shared_by_id"), "panel_sharing", ["shared_by_id"])
    op.create_table(
        "panel_assignment",
        sa.Column("panel_member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("panel_member_id", "bid_id", name=op.f("pk_panel_assignment")),
        sa.ForeignKeyConstraint(
            ["panel_member_id"], ["panel_member.id"], name=op.f("fk_panel_assignment_panel_member_id")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_panel_assignment_bid_id")),
    )
    op.create_index(op.f("ix_panel_assignment_bid_id"), "panel_assignment", ["bid_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON panel_sharing TO {role}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON panel_assignment TO {role}")


def downgrade() -> None:
    """Everybody scores every bid again; who was to score which is lost."""
    op.drop_table("panel_assignment")
    op.drop_table("panel_sharing")
