"""Whoever has submitted is taken off a panel with a reason, by two people."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

COLUMNS = ("removal_proposed_by_id", "removal_decided_by_id")


def upgrade() -> None:
    """Who was taken off before has no reason."""
    op.add_column(
        "panel_member", sa.Column("removal_reason", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("panel_member", sa.Column("removal_proposed_at", sa.DateTime(timezone=True)))
    for column in COLUMNS:
        op.add_column("panel_member", sa.Column(column, sa.Uuid()))
        op.create_foreign_key(op.f(f"fk_panel_member_{column}"), "panel_member", "user_account", [column], ["id"])
    op.create_check_constraint(
        op.f("ck_panel_member_removal_two_people"),
        "panel_member",
        "removal_decided_by_id IS NULL OR removal_decided_by_id <> removal_proposed_by_id",
    )
    # A CHECK sees no deputies: migration 0030 has the function.
    op.execute(
        "CREATE TRIGGER removal_two_people BEFORE INSERT OR UPDATE OF removal_decided_by_id ON panel_member "
        "FOR EACH ROW WHEN (NEW.removal_decided_by_id IS NOT NULL AND NEW.removal_proposed_by_id IS NOT NULL) "
        "EXECUTE FUNCTION require_two_people("
        "'removal_proposed_by_id', 'removal_proposed_at', 'removal_decided_by_id', 'removed_at')"
    )


def downgrade() -> None:
    """The reasons are lost, and who proposed what."""
    op.execute("DROP TRIGGER removal_two_people ON panel_member")
    op.drop_constraint(op.f("ck_panel_member_removal_two_people"), "panel_member", type_="check")
    for column in (*COLUMNS, "removal_proposed_at", "removal_reason"):
        op.drop_column("panel_member", column)
