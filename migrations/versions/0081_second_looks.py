"""Who looked a second time at the agreed scores that decide alone, and what came of it."""

import sqlalchemy as sa
from alembic import context, op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Awards that are proposed or decided already go on without one."""
    op.create_table(
        "second_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("conclusion", sa.String(40), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column(
            "looked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("looked_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "conclusion IN ('stays', 'correction')", name=op.f("ck_second_look_look_conclusion")
        ),
        sa.CheckConstraint("btrim(seen) <> ''", name=op.f("ck_second_look_says_what_was_seen")),
        sa.CheckConstraint("btrim(finding) <> ''", name=op.f("ck_second_look_says_what_came_of_it")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_second_look_itt_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_second_look_result_id")),
        sa.ForeignKeyConstraint(["looked_by_id"], ["user_account.id"], name=op.f("fk_second_look_looked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_look")),
    )
    op.create_index(op.f("ix_second_look_itt_id"), "second_look", ["itt_id"])
    op.create_index(op.f("ix_second_look_result_id"), "second_look", ["result_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON second_look TO {role}")


def downgrade() -> None:
    """Second looks are lost; the ledger says that there were some."""
    op.drop_table("second_look")
