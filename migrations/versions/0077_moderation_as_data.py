"""Who was at a panel's meetings and when they were, who moved from their score, why not one higher or lower."""

import sqlalchemy as sa
from alembic import context, op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
EMPTY = sa.text("''")
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Where a panel moderates, whoever scores on it is there since it began; what is closed stays as it was recorded."""
    for name in ("not_higher", "not_lower"):
        op.add_column("moderated_score", sa.Column(name, sa.Text(), server_default=EMPTY, nullable=False))
    for name in ("met_first_date", "met_last_date"):
        op.add_column("panel_work", sa.Column(name, sa.Date()))
    _attendance()
    _movement()
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    for table in ("attendance", "movement"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_member_id", sa.Uuid(), nullable=False),
        sa.Column("came_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("left_at", WHEN),
        sa.CheckConstraint("left_at >= came_at", name=op.f("ck_attendance_came_before_leaving")),
        sa.ForeignKeyConstraint(["panel_member_id"], ["panel_member.id"], name=op.f("fk_attendance_panel_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index(
        "uq_attendance_panel_member_id_there",
        "attendance",
        ["panel_member_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.execute(
        "INSERT INTO attendance (id, panel_member_id, came_at) "
        "SELECT gen_random_uuid(), seat.id, work.moderation_started_at "
        "FROM panel_member AS seat JOIN panel_work AS work ON work.panel_id = seat.panel_id "
        "WHERE work.status = 'moderating' AND seat.removed_at IS NULL AND seat.recused_at IS NULL"
    )


def _movement() -> None:
    op.create_table(
        "movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("moved_from", sa.Numeric(9, 3), nullable=False),
        sa.Column("moved_to", sa.Numeric(9, 3), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("written_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", WHEN),
        sa.CheckConstraint("btrim(why) <> ''", name=op.f("ck_movement_says_why")),
        sa.ForeignKeyConstraint(["panel_member_id"], ["panel_member.id"], name=op.f("fk_movement_panel_member_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_movement_bid_id")),
        sa.ForeignKeyConstraint(["criterion_id"], ["award_criterion.id"], name=op.f("fk_movement_criterion_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["user_account.id"], name=op.f("fk_movement_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index(op.f("ix_movement_bid_id"), "movement", ["bid_id"])
    op.create_index(
        "uq_movement_in_force",
        "movement",
        ["panel_member_id", "bid_id", "criterion_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    """Attendance, movements and the further reasons are lost; agreed scores stay."""
    op.drop_table("movement")
    op.drop_table("attendance")
    for name in ("met_last_date", "met_first_date"):
        op.drop_column("panel_work", name)
    for name in ("not_lower", "not_higher"):
        op.drop_column("moderated_score", name)
