"""Giving a role that is half of an act of two people takes two people itself."""

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of roles that wait, or that two people gave; roles given before stay as they are."""
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "role IN ('contributor', 'submitter', 'provider_administrator', 'commissioner', 'approver', 'opener', "
            "'contract_manager', 'auditor', 'authority_administrator', 'platform_administrator', 'chair', "
            "'panel_member', 'young_member', 'facilitator')",
            name=op.f("ck_role_grant_role"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_role_grant_grant_status")
        ),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_role_grant_two_people")),
        sa.CheckConstraint(
            "user_id <> proposed_by_id AND (decided_by_id IS NULL OR decided_by_id <> user_id)",
            name=op.f("ck_role_grant_neither_is_the_grantee"),
        ),
        sa.CheckConstraint(
            "(status IN ('confirmed', 'refused')) = (decided_by_id IS NOT NULL)"
            " AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_role_grant_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_role_grant_authority_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_role_grant_decided_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_role_grant_proposed_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "uq_role_grant_waiting",
        "role_grant",
        ["user_id", "role", "authority_id"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.create_index(op.f("ix_role_grant_authority_id"), "role_grant", ["authority_id"])
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON role_grant TO {role}")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("role_grant")
