"""A young person's card opens with a PIN that they chose, as often as they like until the next card."""

import sqlalchemy as sa
from alembic import context, op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

COUNTS = ("uses", "took_over", "wrong_pins")


def upgrade() -> None:
    """A card that was used stays used up, or whoever finds it would choose the PIN; an unused one asks for it."""
    for name in COUNTS:
        op.add_column("access_card", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.execute(
        "UPDATE access_card SET uses = 1, withdrawn_at = coalesce(withdrawn_at, used_at) "
        "WHERE purpose = 'sitting' AND used_at IS NOT NULL"
    )
    op.create_table(
        "sitting_pin",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column(
            "set_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sitting_pin_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_sitting_pin")),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON sitting_pin TO {role}")


def downgrade() -> None:
    """PINs are lost, and with them every card that was used: the facilitator issues new ones."""
    op.drop_table("sitting_pin")
    for name in COUNTS:
        op.drop_column("access_card", name)
