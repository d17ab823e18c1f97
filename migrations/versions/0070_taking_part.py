"""A young person takes part with their own consent and a parent's, in the panel's times, with an adult beside them."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
TABLES = ("taking_part", "supported_sitting", "sitting_times")


def upgrade() -> None:
    """Nobody has consented yet: whoever is in the middle is asked at their next sitting, and keeps what they saved."""
    op.create_table(
        "taking_part",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("age_band", _one_of("age_band", "11-13", "14-15", "16-17", "18-25"), nullable=False),
        sa.Column("parent_said_by", _one_of("parent_said_by", "paper", "mail", "telephone", "in_person")),
        sa.Column("parent_said_on", sa.Date()),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("agreed_at", WHEN),
        sa.CheckConstraint(
            "(parent_said_by IS NULL) = (parent_said_on IS NULL)",
            name=op.f("ck_taking_part_parent_said_how_and_when"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_taking_part_user_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_taking_part_recorded_by_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_taking_part")),
    )
    op.create_table(
        "supported_sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "supporter", _one_of("supporter", "facilitator", "youth_worker", "teacher", "parent", "other"), nullable=False
        ),
        sa.Column("began_at", WHEN, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_supported_sitting_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supported_sitting")),
        sa.UniqueConstraint("session_id", name=op.f("uq_supported_sitting_session_id")),
    )
    op.create_index(op.f("ix_supported_sitting_user_id"), "supported_sitting", ["user_id"])
    op.create_table(
        "sitting_times",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("parents_until", sa.SmallInteger(), server_default=sa.text("16"), nullable=False),
        sa.CheckConstraint(
            "closes_at > opens_at OR closes_at = '00:00'", name=op.f("ck_sitting_times_closes_after_it_opens")
        ),
        sa.CheckConstraint("cardinality(weekdays) > 0", name=op.f("ck_sitting_times_some_day")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_sitting_times_panel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("panel_id", name=op.f("pk_sitting_times")),
    )
    op.add_column("panel_member", sa.Column("young_number", sa.Integer()))
    op.execute(
        "UPDATE panel_member SET young_number = counted.number FROM (SELECT id, row_number() OVER ("
        "PARTITION BY panel_id ORDER BY appointed_at, id) AS number FROM panel_member WHERE role = 'young_member') "
        "AS counted WHERE counted.id = panel_member.id"
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {role}")


def downgrade() -> None:
    """Consents, times and who supported are lost; scores stay."""
    op.drop_column("panel_member", "young_number")
    for table in reversed(TABLES):
        op.drop_table(table)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=40, create_constraint=True, name=name)
