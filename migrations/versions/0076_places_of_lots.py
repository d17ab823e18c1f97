"""A lot can be awarded to several bidders, and a place that its bidder leaves can stay empty."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every lot that there is goes to one bidder."""
    op.add_column("lot", sa.Column("places", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_check_constraint(op.f("ck_lot_places_there_are"), "lot", "places BETWEEN 1 AND 20")
    _say("award_place", "ck_award_place_place_status", "status IN ('awarded', 'withdrawn', 'left_empty')")
    _say(
        "setting_aside",
        "ck_setting_aside_setting_aside_kind",
        "kind IN ('withdrawal', 'reopening', 'empty_place')",
    )
    _say("setting_aside", "ck_setting_aside_withdrawal_of_a_winner", "(kind = 'reopening') = (place_id IS NULL)")


def downgrade() -> None:
    """The release before knows one winner of a lot, so nothing may have been published with more."""
    bind = op.get_bind()
    if several := bind.scalar(sa.text("SELECT count(*) FROM lot JOIN itt ON itt.id = lot.itt_id "
                                      "WHERE lot.places > 1 AND itt.status <> 'draft'")):
        raise RuntimeError(f"{several} lots were published with more winners than one, which the release before has not.")
    op.execute("DELETE FROM setting_aside WHERE kind = 'empty_place'")
    _say("setting_aside", "ck_setting_aside_withdrawal_of_a_winner", "(kind = 'withdrawal') = (place_id IS NOT NULL)")
    _say("setting_aside", "ck_setting_aside_setting_aside_kind", "kind IN ('withdrawal', 'reopening')")
    _say("award_place", "ck_award_place_place_status", "status IN ('awarded', 'withdrawn')")
    op.drop_constraint(op.f("ck_lot_places_there_are"), "lot", type_="check")
    op.drop_column("lot", "places")


def _say(table: str, name: str, condition: str) -> None:
    """Say anew what a column may hold."""
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, condition)
