"""An organisation's earlier names are kept, and a member's other name is asked for and decided by each framework."""

import sqlalchemy as sa
from alembic import context, op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a membership can stand under another name than its provider's."""
    op.add_column("provider", sa.Column("parent", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("admission", sa.Column("known_as", sa.Text(), nullable=True))
    _make_former_identity()
    _make_identity_change()
    _make_change_decision()
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT ON former_identity TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON identity_change, change_decision TO {role}")


def downgrade() -> None:
    """Take it back: earlier names are lost, and memberships stand under their provider's name."""
    for table in ("change_decision", "identity_change", "former_identity"):
        op.drop_table(table)
    op.drop_column("admission", "known_as")
    op.drop_column("provider", "parent")


def _identity() -> list[sa.Column]:
    return [
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company_number", sa.Text(), nullable=True),
        sa.Column("charity_scheme", sa.Text(), nullable=True),
        sa.Column("charity_number", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), server_default=sa.text("''"), nullable=False),
    ]


def _make_former_identity() -> None:
    op.create_table(
        "former_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_identity(),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_former_identity_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_identity")),
    )
    op.create_index("ix_former_identity_provider_id", "former_identity", ["provider_id", "until"])


def _make_identity_change() -> None:
    op.create_table(
        "identity_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_identity(),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_identity_change_with_a_reason")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_identity_change_provider_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_identity_change_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_change")),
    )
    op.create_index(op.f("ix_identity_change_provider_id"), "identity_change", ["provider_id"])


def _make_change_decision() -> None:
    op.create_table(
        "change_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_change_decision_change_status")
        ),
        sa.CheckConstraint(
            "(status IN ('accepted', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_change_decision_decided_at_matches"),
        ),
        sa.ForeignKeyConstraint(["change_id"], ["identity_change.id"], name=op.f("fk_change_decision_change_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_change_decision_framework_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_change_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_decision")),
        sa.UniqueConstraint(
            "change_id",
            "framework_id",
            name=op.f("uq_change_decision_change_id_framework_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_change_decision_framework_id"), "change_decision", ["framework_id"])
