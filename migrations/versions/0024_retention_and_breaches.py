"""What the retention job did and must leave, and the log of breaches."""

import sqlalchemy as sa
from alembic import context, op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "retention_run",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("ran_at", WHEN, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "on_date", name=op.f("pk_retention_run")),
    )
    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("released_by_id", sa.Uuid()),
        sa.Column("released_at", WHEN),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)", name=op.f("ck_retention_hold_released_by_somebody")
        ),
        sa.ForeignKeyConstraint(["held_by_id"], ["user_account.id"], name=op.f("fk_retention_hold_held_by_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["user_account.id"], name=op.f("fk_retention_hold_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
    )
    in_force = sa.text("released_at IS NULL")
    op.create_index("uq_retention_hold_in_force", "retention_hold", ["kind"], unique=True, postgresql_where=in_force)
    op.create_table(
        "breach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("noticed_at", WHEN, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reported_at", WHEN),
        sa.Column("not_reported_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("reported_at IS NULL OR not_reported_reason = ''", name=op.f("ck_breach_reported_or_not")),
        sa.CheckConstraint(
            "reported_at IS NULL OR reported_at >= noticed_at", name=op.f("ck_breach_reported_after_it_was_noticed")
        ),
        sa.ForeignKeyConstraint(["noted_by_id"], ["user_account.id"], name=op.f("fk_breach_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
    )
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    for table in ("retention_run", "retention_hold", "breach"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")


def downgrade():
    for table in ("breach", "retention_hold", "retention_run"):
        op.drop_table(table)
