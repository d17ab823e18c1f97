"""Passkeys and recovery codes beside the authenticator app, and what is done when all of it is lost."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = ("passkey", "recovery_code", "lost_factor")
NOW = sa.text("clock_timestamp()")


def _person(name="user_id", nullable=False):
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _time(name, nullable=True, **more):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, **more)


def _of_person(table, *columns):
    return [sa.ForeignKeyConstraint([name], ["user_account.id"], name=f"fk_{table}_{name}") for name in columns]


def upgrade():
    """Make the tables, and let an app's clock be known; apps that are in use count as exact."""
    op.add_column("user_account", sa.Column("totp_drift", sa.Integer(), server_default="0", nullable=False))
    op.add_column("user_account", sa.Column("totp_near", sa.Integer()))
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        _person(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", postgresql.JSONB(), nullable=False),
        _time("created_at", nullable=False, server_default=NOW),
        _time("last_used_at"),
        *_of_person("passkey", "user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        _person(),
        sa.Column("code_hash", sa.Text(), nullable=False),
        _time("created_at", nullable=False, server_default=NOW),
        _time("used_at"),
        *_of_person("recovery_code", "user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_table(
        "lost_factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        _person(),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        _time("asked_at", nullable=False),
        _person("checked_by_id", nullable=True),
        _time("checked_at"),
        _person("confirmed_by_id", nullable=True),
        _time("ended_at"),
        sa.CheckConstraint(
            "status IN ('asked', 'checked', 'removed', 'refused', 'withdrawn')",
            name=op.f("ck_lost_factor_lost_status"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> checked_by_id", name=op.f("ck_lost_factor_two_people")
        ),
        sa.CheckConstraint(
            "(checked_by_id IS NULL OR checked_by_id <> user_id)"
            " AND (confirmed_by_id IS NULL OR confirmed_by_id <> user_id)",
            name=op.f("ck_lost_factor_neither_is_the_person"),
        ),
        sa.CheckConstraint(
            "status <> 'removed' OR confirmed_by_id IS NOT NULL",
            name=op.f("ck_lost_factor_removed_by_two_people"),
        ),
        *_of_person("lost_factor", "user_id", "checked_by_id", "confirmed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lost_factor"),
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])
    waiting = sa.text("status IN ('asked', 'checked')")
    op.create_index("uq_lost_factor_waiting", "lost_factor", ["user_id"], unique=True, postgresql_where=waiting)
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON passkey, recovery_code TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON lost_factor TO {role}")


def downgrade():
    """Take them back: whoever has passkeys alone sets up an app when they next sign in."""
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in ("totp_near", "totp_drift"):
        op.drop_column("user_account", column)
