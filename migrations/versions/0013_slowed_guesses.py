"""Wrong tries count by what is guessed at and where they come from; browsers in which people sign in are known.

Right tries are not kept any more. What was counted before is at most a day old and goes on counting, as tries of
strangers.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    """Keep wrong tries alone, and add the known browsers."""
    op.execute("DELETE FROM sign_in_attempt WHERE succeeded")
    op.drop_column("sign_in_attempt", "succeeded")
    op.rename_table("sign_in_attempt", "failed_guess")
    op.alter_column("failed_guess", "account_hash", new_column_name="target_hash")
    op.alter_column("failed_guess", "address_hash", new_column_name="place_hash")
    op.execute("ALTER TABLE failed_guess RENAME CONSTRAINT pk_sign_in_attempt TO pk_failed_guess")
    op.execute("ALTER INDEX ix_sign_in_attempt_account RENAME TO ix_failed_guess_target")
    op.execute("ALTER INDEX ix_sign_in_attempt_address RENAME TO ix_failed_guess_place")
    op.create_table(
        "known_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_known_device_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_known_device"),
        sa.UniqueConstraint("token_hash", "user_id", name="uq_known_device_token_hash_user_id"),
    )
    op.create_index("ix_known_device_user_id", "known_device", ["user_id"])
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON known_device TO {role}")


def downgrade():
    """Forget the browsers; the tries that are kept were wrong."""
    op.drop_table("known_device")
    op.execute("ALTER INDEX ix_failed_guess_target RENAME TO ix_sign_in_attempt_account")
    op.execute("ALTER INDEX ix_failed_guess_place RENAME TO ix_sign_in_attempt_address")
    op.execute("ALTER TABLE failed_guess RENAME CONSTRAINT pk_failed_guess TO pk_sign_in_attempt")
    op.alter_column("failed_guess", "target_hash", new_column_name="account_hash")
    op.alter_column("failed_guess", "place_hash", new_column_name="address_hash")
    op.rename_table("failed_guess", "sign_in_attempt")
    op.add_column("sign_in_attempt", sa.Column("succeeded", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("sign_in_attempt", "succeeded", server_default=None)
