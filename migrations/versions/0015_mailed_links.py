"""Links by mail: confirmed addresses, forgotten passwords, changed addresses, invitations, and what browsers are signed in.

Who had an account before got mail at their address and signed in with it, so it counts as confirmed.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Whoever holds a code from their administrator that nobody has used has no password of their own yet: a random one
# stood there that nobody knew.
NOT_JOINED = """
UPDATE user_account SET password_hash = NULL, email_confirmed_at = NULL WHERE id IN (
    SELECT user_id FROM access_card WHERE purpose = 'joining' GROUP BY user_id HAVING count(used_at) = 0
)
"""


def upgrade():
    """Add the tables and columns; accounts of earlier releases count as confirmed."""
    op.add_column("user_account", sa.Column("email_confirmed_at", sa.DateTime(timezone=True)))
    op.add_column(
        "user_account", sa.Column("language", sa.String(length=40), server_default=sa.text("'en'"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_user_account_language"), "user_account", "language IN ('en')")
    op.drop_constraint(op.f("ck_user_account_email_with_password"), "user_account")
    op.create_check_constraint(
        op.f("ck_user_account_password_with_email"), "user_account", "password_hash IS NULL OR email_index IS NOT NULL"
    )
    op.execute("UPDATE user_account SET email_confirmed_at = created_at WHERE email_index IS NOT NULL")
    op.execute(NOT_JOINED)
    op.add_column("user_session", sa.Column("browser", sa.Text(), server_default=sa.text("''"), nullable=False))
    _create_address_change()
    _create_mailed_link()
    op.add_column("message", sa.Column("mailed_link_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_message_mailed_link_id"), "message", "mailed_link", ["mailed_link_id"], ["id"])
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON address_change, mailed_link TO {role}")


def _create_address_change():
    op.create_table(
        "address_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("old_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("old_index", sa.LargeBinary(), nullable=False),
        sa.Column("new_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_address_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
    )
    op.create_index(op.f("ix_address_change_user_id"), "address_change", ["user_id"])
    op.create_index(op.f("ix_address_change_old_index"), "address_change", ["old_index"])


def _create_mailed_link():
    op.create_table(
        "mailed_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid()),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("change_id", sa.Uuid()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "purpose IN ('confirm_address', 'reset_password', 'take_address', 'stop_change', 'join')",
            name=op.f("ck_mailed_link_link_purpose"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_mailed_link_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mailed_link_user_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_mailed_link_asked_by_id")),
        sa.ForeignKeyConstraint(["change_id"], ["address_change.id"], name=op.f("fk_mailed_link_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mailed_link_token_hash")),
        sa.UniqueConstraint("event_id", "purpose", name=op.f("uq_mailed_link_event_id_purpose")),
    )
    op.create_index(op.f("ix_mailed_link_user_id"), "mailed_link", ["user_id"])
    op.create_index(
        "ix_mailed_link_unused",
        "mailed_link",
        ["user_id", "purpose"],
        postgresql_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
    )


def downgrade():
    """Go back to passwords for everybody with an address, and to codes on paper."""
    op.drop_column("message", "mailed_link_id")
    op.drop_table("mailed_link")
    op.drop_table("address_change")
    op.drop_column("user_session", "browser")
    # No hash: nothing that anybody types matches it.
    op.execute("UPDATE user_account SET password_hash = '!' WHERE email_index IS NOT NULL AND password_hash IS NULL")
    op.drop_constraint(op.f("ck_user_account_password_with_email"), "user_account")
    op.create_check_constraint(
        op.f("ck_user_account_email_with_password"), "user_account", "(email_index IS NULL) = (password_hash IS NULL)"
    )
    op.drop_constraint(op.f("ck_user_account_language"), "user_account")
    op.drop_column("user_account", "language")
    op.drop_column("user_account", "email_confirmed_at")
