"""Officers ask bidders about their opened bids: what is missing, grounds for exclusion, low prices."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

MATTERS = ("requirement", "exclusion", "low_price")
CONCERNS = ("bidder", "connected", "associated", "subcontractor")


def upgrade() -> None:
    """Nobody has been asked anything, and nothing but answers has been judged."""
    _judge(MATTERS)
    listed = ", ".join(f"'{matter}'" for matter in MATTERS)
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("concern", sa.String(40)),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("answers", postgresql.JSONB()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by_id", sa.Uuid()),
        sa.CheckConstraint(f"matter IN ({listed})", name=op.f("ck_enquiry_matter")),
        sa.CheckConstraint("(matter = 'exclusion') = (concern IS NOT NULL)", name=op.f("ck_enquiry_concerns_somebody")),
        sa.CheckConstraint(f"concern IN ({', '.join(map(repr, CONCERNS))})", name=op.f("ck_enquiry_concern")),
        sa.CheckConstraint(
            "(matter = 'requirement') = (cardinality(keys) > 0)", name=op.f("ck_enquiry_lists_omissions")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answers IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_enquiry_answered_by_somebody"),
        ),
        sa.CheckConstraint("answered_at IS NULL OR answered_at < due_at", name=op.f("ck_enquiry_answered_in_time")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_enquiry_itt_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_enquiry_bid_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_enquiry_asked_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_enquiry_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("bid_id", "matter", "about", name="uq_enquiry_once"),
    )
    op.create_index("ix_enquiry_itt_id", "enquiry", ["itt_id"])
    op.create_table(
        "enquiry_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_file_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_file")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_enquiry_file_stored_as")),
    )
    op.create_index(op.f("ix_enquiry_file_enquiry_id"), "enquiry_file", ["enquiry_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON enquiry TO {role}")
    op.execute(f"GRANT SELECT, INSERT ON enquiry_file TO {role}")


def downgrade() -> None:
    """What was asked and answered is lost, and what was judged of it; a bid that was out only for that stands again."""
    op.drop_table("enquiry_file")
    op.drop_table("enquiry")
    op.execute("DELETE FROM judgement WHERE matter <> 'requirement'")
    op.execute(
        "UPDATE bid SET disregarded_at = NULL WHERE disregarded_at IS NOT NULL AND NOT EXISTS (SELECT FROM judgement "
        "WHERE judgement.bid_id = bid.id AND judgement.status = 'decided' AND judgement.verdict = 'fails')"
    )
    _judge(MATTERS[:1])


def _judge(matters: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{matter}'" for matter in matters)
    op.drop_constraint(op.f("ck_judgement_matter"), "judgement", type_="check")
    op.create_check_constraint(op.f("ck_judgement_matter"), "judgement", f"matter IN ({listed})")
