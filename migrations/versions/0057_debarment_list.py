"""The debarment list as it was read, with its day."""

import sqlalchemy as sa
from alembic import context, op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has read it yet."""
    op.create_table(
        "debarment_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("read_on_date", sa.Date(), nullable=False),
        sa.Column("brought_in_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "brought_in_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["brought_in_by_id"], ["user_account.id"], name=op.f("fk_debarment_list_brought_in_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debarment_list")),
        sa.UniqueConstraint("read_on_date", name=op.f("uq_debarment_list_read_on_date")),
    )
    op.create_table(
        "debarment_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("is_mandatory", sa.Boolean(), nullable=False),
        sa.Column("until_date", sa.Date()),
        sa.Column("contracts", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_debarment_entry_has_a_name")),
        sa.ForeignKeyConstraint(["list_id"], ["debarment_list.id"], name=op.f("fk_debarment_entry_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debarment_entry")),
    )
    op.create_index(op.f("ix_debarment_entry_list_id"), "debarment_entry", ["list_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    for table in ("debarment_list", "debarment_entry"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {role}")


def downgrade() -> None:
    """What was read is lost; it is published on GOV.UK."""
    op.drop_table("debarment_entry")
    op.drop_table("debarment_list")
