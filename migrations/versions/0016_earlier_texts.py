"""What a field of a draft said before somebody changed it is kept for a time, sealed like the draft."""

import sqlalchemy as sa
from alembic import context, op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    """Add the table."""
    op.create_table(
        "earlier_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["user_account.id"], name=op.f("fk_earlier_text_replaced_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_text")),
    )
    op.create_index("ix_earlier_text_draft_field_replaced_at", "earlier_text", ["draft", "field", "replaced_at"])
    op.create_index("ix_earlier_text_replaced_at", "earlier_text", ["replaced_at"])
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON earlier_text TO {quoted}")


def downgrade():
    """Drop it; drafts stay as they are."""
    op.drop_table("earlier_text")
