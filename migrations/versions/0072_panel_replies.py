"""What officers answer a panel of young people."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has been answered yet."""
    op.create_table(
        "panel_reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_array_length(lines) BETWEEN 1 AND 3", name=op.f("ck_panel_reply_one_to_three")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_reply_panel_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user_account.id"], name=op.f("fk_panel_reply_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_reply")),
    )
    op.create_index(op.f("ix_panel_reply_panel_id"), "panel_reply", ["panel_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT ON panel_reply TO {role}")


def downgrade() -> None:
    """What panels were answered is lost."""
    op.drop_table("panel_reply")
