"""An invitation is followed by mail alone."""

import sqlalchemy as sa
from alembic import context, op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody follows so yet."""
    op.create_table(
        "mail_follower",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_mail_follower_itt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_follower")),
        sa.UniqueConstraint("itt_id", "address_index", name="uq_mail_follower_itt_id_address_index"),
    )
    op.create_index("ix_mail_follower_address_index", "mail_follower", ["address_index"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON mail_follower TO {role}")


def downgrade() -> None:
    """Whoever followed by mail alone is forgotten."""
    op.drop_table("mail_follower")
