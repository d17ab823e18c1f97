"""Officers judge opened bids, and a bid can be out of scoring and ranking."""

import sqlalchemy as sa
from alembic import context, op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No bid has been judged, and every one that matched its seal stands."""
    op.add_column("bid", sa.Column("disregarded_at", sa.DateTime(timezone=True)))
    op.create_table(
        "judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("matter IN ('requirement')", name=op.f("ck_judgement_matter")),
        sa.CheckConstraint("verdict IN ('passes', 'fails')", name=op.f("ck_judgement_verdict")),
        sa.CheckConstraint(
            "status IN ('proposed', 'refused', 'decided', 'replaced')", name=op.f("ck_judgement_judgement_status")
        ),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_judgement_has_a_reason")),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_judgement_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "verdict = 'passes' OR decided_by_id IS NULL OR decided_by_id <> proposed_by_id",
            name=op.f("ck_judgement_two_people"),
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_judgement_itt_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_judgement_bid_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_judgement_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_judgement_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index("ix_judgement_itt_id", "judgement", ["itt_id"])
    for status in ("proposed", "decided"):
        op.create_index(
            f"uq_judgement_{status}",
            "judgement",
            ["bid_id", "matter", "about"],
            unique=True,
            postgresql_where=sa.text(f"status = '{status}'"),
        )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON judgement TO {role}")
    op.execute(
        "CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON judgement FOR EACH ROW "
        "WHEN (NEW.decided_by_id IS NOT NULL AND NEW.verdict <> 'passes') "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )


def downgrade() -> None:
    """Every sound bid stands again; judgements and their reasons are lost."""
    op.drop_table("judgement")
    op.drop_column("bid", "disregarded_at")
