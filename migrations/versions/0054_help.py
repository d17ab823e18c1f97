"""In the last two hours bidders who cannot send their bid ask for help."""

import sqlalchemy as sa
from alembic import context, op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody has asked yet."""
    op.create_table(
        "help_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answered_by_id", sa.Uuid()),
        sa.Column("answered_at", WHEN),
        sa.CheckConstraint("status IN ('asked', 'answered')", name=op.f("ck_help_request_help_status")),
        sa.CheckConstraint("status <> 'answered' OR answer <> ''", name=op.f("ck_help_request_answered_in_words")),
        sa.CheckConstraint(
            "(status IN ('answered')) = (answered_at IS NOT NULL)", name=op.f("ck_help_request_answered_at_matches")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_help_request_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_help_request_provider_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_help_request_asked_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_help_request_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_help_request_reference")),
    )
    op.create_index("ix_help_request_itt_id", "help_request", ["itt_id", "provider_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON help_request TO {role}")


def downgrade() -> None:
    """What was asked and answered is lost from here; the ledger keeps that it was."""
    op.drop_table("help_request")
