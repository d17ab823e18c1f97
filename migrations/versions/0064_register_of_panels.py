"""Whoever sits on a panel is in the register of interests, with what came of their declaration about each bidder."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Enter everybody who was appointed; of a young person's interest the register says only that there is one."""
    op.add_column("interest", sa.Column("panel_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_interest_panel_id"), "interest", "panel", ["panel_id"], ["id"], ondelete="CASCADE"
    )
    op.drop_constraint("uq_interest_itt_id_user_id", "interest")
    op.create_unique_constraint(
        "uq_interest_itt_id_user_id_panel_id",
        "interest",
        ["itt_id", "user_id", "panel_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.execute(
        "INSERT INTO interest (id, itt_id, user_id, panel_id, asked_at, has_interest, detail, declared_at) "
        "SELECT gen_random_uuid(), panel.itt_id, seat.user_id, panel.id, min(seat.appointed_at), "
        "bool_or(said.has_interest), coalesce(string_agg(provider.name || ': ' || CASE WHEN seat.role = 'young_member' "
        "THEN 'a young person said so.' ELSE said.detail END, E'\\n' ORDER BY provider.name) "
        "FILTER (WHERE said.has_interest), ''), max(said.made_at) "
        "FROM panel_member AS seat JOIN panel ON panel.id = seat.panel_id "
        "LEFT JOIN declaration AS said ON said.panel_member_id = seat.id LEFT JOIN bid ON bid.id = said.bid_id "
        "LEFT JOIN provider ON provider.id = bid.provider_id GROUP BY panel.itt_id, seat.user_id, panel.id"
    )


def downgrade() -> None:
    """Panel members are out of the register; what they declared of each bidder stays."""
    op.execute("DELETE FROM interest WHERE panel_id IS NOT NULL")
    op.drop_constraint("uq_interest_itt_id_user_id_panel_id", "interest")
    op.create_unique_constraint("uq_interest_itt_id_user_id", "interest", ["itt_id", "user_id"])
    op.drop_column("interest", "panel_id")
