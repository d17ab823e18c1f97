"""Bodies that buy together with the authority that runs an invitation."""

import sqlalchemy as sa
from alembic import context, op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
EMPTY = sa.text("''")


def upgrade() -> None:
    """Nobody buys together yet."""
    op.create_table(
        "joint_buyer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid()),
        sa.Column("name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("buys", sa.Boolean(), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("monitors", sa.Boolean(), nullable=False),
        sa.Column("agreement", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("added_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("agreed_at", WHEN),
        sa.Column("agreed_by_id", sa.Uuid()),
        sa.CheckConstraint("(authority_id IS NULL) = (name <> '')", name=op.f("ck_joint_buyer_authority_or_name")),
        sa.CheckConstraint("buys OR signs OR monitors", name=op.f("ck_joint_buyer_does_something")),
        sa.CheckConstraint(
            "(agreed_at IS NULL) = (agreed_by_id IS NULL)", name=op.f("ck_joint_buyer_agreed_by_somebody")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_joint_buyer_itt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_joint_buyer_authority_id")
        ),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user_account.id"], name=op.f("fk_joint_buyer_agreed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_buyer")),
        sa.UniqueConstraint("itt_id", "authority_id", name="uq_joint_buyer_itt_id_authority_id"),
    )
    op.create_index(op.f("ix_joint_buyer_authority_id"), "joint_buyer", ["authority_id"])
    op.create_index(
        "uq_joint_buyer_monitors", "joint_buyer", ["itt_id"], unique=True, postgresql_where=sa.text("monitors")
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON joint_buyer TO {role}")


def downgrade() -> None:
    """Who buys together is lost; the authority that runs the invitation stays."""
    op.drop_table("joint_buyer")
