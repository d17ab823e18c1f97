"""Addenda: how a published invitation changes, and the notice of such a change."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
STATES = ("proposed", "published", "refused")


def upgrade():
    words = {"server_default": sa.text("''"), "nullable": False}
    op.create_table(
        "addendum",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closes_at", WHEN),
        sa.Column("questions_until", WHEN),
        sa.Column("answers_by_date", sa.Date()),
        sa.Column("award_date", sa.Date()),
        sa.Column("contract_start_date", sa.Date()),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", WHEN),
        sa.Column("decision_note", sa.Text(), **words),
        sa.CheckConstraint(f"status IN {STATES}", name=op.f("ck_addendum_addendum_status")),
        sa.CheckConstraint("(status = 'published') = (number IS NOT NULL)", name=op.f("ck_addendum_published_is_numbered")),
        sa.CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name=op.f("ck_addendum_decided_or_proposed")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_addendum_two_people")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_addendum_itt_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_addendum_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_addendum_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addendum")),
        sa.UniqueConstraint("itt_id", "number", name=op.f("uq_addendum_itt_id_number")),
    )
    waiting = sa.text("status = 'proposed'")
    op.create_index("uq_addendum_proposed", "addendum", ["itt_id"], unique=True, postgresql_where=waiting)
    op.add_column("prepared_notice", sa.Column("addendum_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_prepared_notice_addendum_id"), "prepared_notice", "addendum", ["addendum_id"], ["id"]
    )
    op.drop_constraint(op.f("ck_prepared_notice_about_one_thing"), "prepared_notice")
    op.create_check_constraint(
        op.f("ck_prepared_notice_about_one_thing"),
        "prepared_notice",
        "num_nonnulls(addendum_id, decision_id, contract_id) = 1",
    )
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON addendum TO {quoted}")


def downgrade():
    op.execute("DELETE FROM prepared_notice WHERE addendum_id IS NOT NULL")
    op.drop_constraint(op.f("ck_prepared_notice_about_one_thing"), "prepared_notice")
    op.drop_column("prepared_notice", "addendum_id")
    op.create_check_constraint(
        op.f("ck_prepared_notice_about_one_thing"),
        "prepared_notice",
        "(decision_id IS NULL) <> (contract_id IS NULL)",
    )
    op.drop_table("addendum")
