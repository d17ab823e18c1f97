"""A standstill is counted by the rule of its own law; what stood before was counted by the 2023 Act."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_constraint(op.f("ck_standstill_at_least_eight_working_days"), "standstill", type_="check")
    op.alter_column("standstill", "working_days", new_column_name="length")
    op.add_column("standstill", sa.Column("rule_id", sa.Text()))
    op.execute(
        "UPDATE standstill SET rule_id = CASE kind WHEN 'mandatory' THEN 'PA.standstill.mandatory' "
        "ELSE 'PA.standstill.voluntary_min' END"
    )
    op.alter_column("standstill", "rule_id", nullable=False)
    op.create_check_constraint(
        op.f("ck_standstill_as_long_as_the_law"),
        "standstill",
        "length >= CASE WHEN rule_id LIKE 'PA.%' THEN 8 ELSE 10 END",
    )


def downgrade():
    op.drop_constraint(op.f("ck_standstill_as_long_as_the_law"), "standstill", type_="check")
    op.drop_column("standstill", "rule_id")
    op.alter_column("standstill", "length", new_column_name="working_days")
    op.create_check_constraint(
        op.f("ck_standstill_at_least_eight_working_days"), "standstill", "working_days >= 8"
    )
