"""Standstills counted by their own law; notices that wait for their own number on the central digital platform."""

import sqlalchemy as sa
from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What the ledger said is a column from here on: the day on which an award notice counts as published.
ANNOUNCED = """
UPDATE award_decision SET announced_date = (
    SELECT min(((event.data ->> 'published_at')::timestamptz AT TIME ZONE 'Europe/London')::date) FROM event
    WHERE event.chain = award_decision.itt_id::text AND event.kind = 'notice_published'
        AND event.data ->> 'kind_code' = 'UK6' AND event.data ->> 'about' = award_decision.id::text
)
"""
BASES = "('central_reference', 'fallback', 'not_required')"


def upgrade():
    op.drop_constraint(op.f("ck_standstill_at_least_eight_working_days"), "standstill", type_="check")
    op.alter_column("standstill", "working_days", new_column_name="length")
    op.add_column("standstill", sa.Column("rule_id", sa.Text()))
    # What stood before was counted by the 2023 Act.
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
    op.add_column("award_decision", sa.Column("announced_date", sa.Date()))
    op.execute(ANNOUNCED)
    op.add_column("notice", sa.Column("central_date", sa.Date()))
    op.add_column(
        "notice", sa.Column("publication_reason", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    create_prepared_notice()
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON prepared_notice TO {quoted}")


def create_prepared_notice():
    op.create_table(
        "prepared_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid()),
        sa.Column("contract_id", sa.Uuid()),
        sa.Column(
            "prepared_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("basis", sa.String(40)),
        sa.Column("central_reference", sa.Text()),
        sa.Column("published_date", sa.Date()),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("placed_by_id", sa.Uuid()),
        sa.Column("placed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(decision_id IS NULL) <> (contract_id IS NULL)", name=op.f("ck_prepared_notice_about_one_thing")
        ),
        sa.CheckConstraint(
            "(basis IS NULL) = (placed_at IS NULL) AND (placed_at IS NULL) = (placed_by_id IS NULL)",
            name=op.f("ck_prepared_notice_placed_whole"),
        ),
        sa.CheckConstraint(
            "(coalesce(basis, '') = 'central_reference') = (central_reference IS NOT NULL) "
            "AND (central_reference IS NULL) = (published_date IS NULL)",
            name=op.f("ck_prepared_notice_basis_has_reference"),
        ),
        sa.CheckConstraint(
            "(coalesce(basis, '') = 'fallback') = (reason <> '')", name=op.f("ck_prepared_notice_basis_has_reason")
        ),
        sa.CheckConstraint(f"basis IN {BASES}", name=op.f("ck_prepared_notice_publication_basis")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_prepared_notice_event_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_prepared_notice_itt_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["award_decision.id"], name=op.f("fk_prepared_notice_decision_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_prepared_notice_contract_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["user_account.id"], name=op.f("fk_prepared_notice_placed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_notice")),
        sa.UniqueConstraint("event_id", name=op.f("uq_prepared_notice_event_id")),
    )
    op.create_index(op.f("ix_prepared_notice_itt_id"), "prepared_notice", ["itt_id"], unique=False)
    op.create_index(
        "uq_prepared_notice_central_reference", "prepared_notice", ["central_reference"], unique=True
    )


def downgrade():
    op.drop_table("prepared_notice")
    op.drop_column("notice", "publication_reason")
    op.drop_column("notice", "central_date")
    op.drop_column("award_decision", "announced_date")
    op.drop_constraint(op.f("ck_standstill_as_long_as_the_law"), "standstill", type_="check")
    op.drop_column("standstill", "rule_id")
    op.alter_column("standstill", "length", new_column_name="working_days")
    op.create_check_constraint(
        op.f("ck_standstill_at_least_eight_working_days"), "standstill", "working_days >= 8"
    )
