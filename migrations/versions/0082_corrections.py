"""One agreed score of a closed panel can be agreed again, without the others."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

KIND = "ck_setting_aside_setting_aside_kind"
WINNER = "ck_setting_aside_withdrawal_of_a_winner"
PANEL = "ck_setting_aside_panel_of_a_reopening"
SCORE = "ck_setting_aside_score_of_a_correction"


def upgrade() -> None:
    """Panels that agree their scores again agree all of them, as before."""
    for table, column in (("setting_aside", "agreed_id"), ("panel_work", "corrects_id")):
        op.add_column(table, sa.Column(column, sa.Uuid()))
        op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, "moderated_score", [column], ["id"])
    _say(KIND, "kind IN ('withdrawal', 'reopening', 'correction', 'empty_place')")
    _say(WINNER, "(kind IN ('reopening', 'correction')) = (place_id IS NULL)")
    _say(PANEL, "kind IN ('reopening', 'correction') OR panel_id IS NULL")
    op.create_check_constraint(op.f(SCORE), "setting_aside", "(kind = 'correction') = (agreed_id IS NOT NULL)")


def downgrade() -> None:
    """A correction is a reopening of its panel to the release before: it agrees the others again as well."""
    op.drop_constraint(op.f(SCORE), "setting_aside", type_="check")
    op.execute("UPDATE setting_aside SET kind = 'reopening' WHERE kind = 'correction'")
    _say(PANEL, "kind = 'reopening' OR panel_id IS NULL")
    _say(WINNER, "(kind = 'reopening') = (place_id IS NULL)")
    _say(KIND, "kind IN ('withdrawal', 'reopening', 'empty_place')")
    for table, column in (("setting_aside", "agreed_id"), ("panel_work", "corrects_id")):
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
        op.drop_column(table, column)


def _say(name: str, condition: str) -> None:
    """Say anew what a row may hold."""
    op.drop_constraint(op.f(name), "setting_aside", type_="check")
    op.create_check_constraint(op.f(name), "setting_aside", condition)
