"""Bids stand for a stated time, and bidders are asked to let them stand for longer."""

import sqlalchemy as sa
from alembic import context, op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Of what there is no time was stated, so none is enforced."""
    op.add_column("itt", sa.Column("validity_days", sa.Integer()))
    op.create_check_constraint(op.f("ck_itt_bids_stand_for_days"), "itt", "validity_days BETWEEN 1 AND 365")
    op.create_table(
        "validity_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("answer_by_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_validity_request_has_a_reason")),
        sa.CheckConstraint("answer_by_date <= until_date", name=op.f("ck_validity_request_answered_before")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_validity_request_itt_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_validity_request_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validity_request")),
    )
    op.create_index("ix_validity_request_itt_id", "validity_request", ["itt_id"])
    op.create_table(
        "validity_answer",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean()),
        sa.Column("answered_by_id", sa.Uuid()),
        sa.Column("answered_at", WHEN),
        sa.CheckConstraint(
            "(agrees IS NULL) = (answered_at IS NULL) AND (agrees IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_validity_answer_answered_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["request_id"], ["validity_request.id"], name=op.f("fk_validity_answer_request_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_validity_answer_bid_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_validity_answer_answered_by_id")),
        sa.PrimaryKeyConstraint("request_id", "bid_id", name=op.f("pk_validity_answer")),
    )
    op.create_index("ix_validity_answer_bid_id", "validity_answer", ["bid_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT ON validity_request TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON validity_answer TO {role}")


def downgrade() -> None:
    """For how long bids stand, and who agreed to more, is lost."""
    op.drop_table("validity_answer")
    op.drop_table("validity_request")
    op.drop_constraint(op.f("ck_itt_bids_stand_for_days"), "itt")
    op.drop_column("itt", "validity_days")
