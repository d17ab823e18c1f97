"""A signed sheet counts once somebody of the panel's side and somebody of the authority's read the same."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever facilitated the panel read for it, everybody else for the authority; what counted goes on counting."""
    op.add_column("paper_answer", sa.Column("side", sa.String(length=40)))
    op.execute(
        "UPDATE paper_answer SET side = CASE WHEN EXISTS (SELECT FROM panel_member AS child "
        "JOIN panel_member AS adult ON adult.panel_id = child.panel_id WHERE child.id = paper_answer.panel_member_id "
        "AND adult.user_id = paper_answer.keyed_by_id AND adult.role = 'facilitator') "
        "THEN 'panel' ELSE 'authority' END"
    )
    op.alter_column("paper_answer", "side", nullable=False)
    op.create_check_constraint(op.f("ck_paper_answer_side"), "paper_answer", "side IN ('panel', 'authority')")


def downgrade() -> None:
    """Any two adults are enough again."""
    op.drop_constraint(op.f("ck_paper_answer_side"), "paper_answer", type_="check")
    op.drop_column("paper_answer", "side")
