"""Words of young people that are held, and whom a facilitator calls where nobody reads them."""

import sqlalchemy as sa
from alembic import context, op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
AWAITED = "These words wait until an adult has looked at them."
WRITTEN_BEFORE = """
    WITH held AS (
        INSERT INTO held_words (id, panel_id, author_id, place, bid_id, criterion_id, words, status, held_at)
        SELECT gen_random_uuid(), seat.panel_id, seat.user_id, 'score', card.bid_id, score.criterion_id, score.reason,
            'unscreened', score.saved_at
        FROM score
        JOIN scorecard AS card ON card.id = score.scorecard_id
        JOIN panel_member AS seat ON seat.id = card.panel_member_id AND seat.role = 'young_member'
        JOIN panel_work AS work ON work.panel_id = seat.panel_id AND work.status <> 'closed'
        WHERE score.reason <> ''
        RETURNING id, panel_id, author_id, bid_id, criterion_id
    )
    UPDATE score SET held_id = held.id, reason = '%s'
    FROM held
    JOIN panel_member AS seat ON seat.panel_id = held.panel_id AND seat.user_id = held.author_id
    JOIN scorecard AS card ON card.panel_member_id = seat.id AND card.bid_id = held.bid_id
    WHERE score.scorecard_id = card.id AND score.criterion_id = held.criterion_id
"""
"""A person has one seat that scored on a panel: the database allows one in force, and who left keeps their scorecards."""


def upgrade() -> None:
    """What young people of panels at work wrote is held until the worker has looked through it, within seconds."""
    op.create_table(
        "held_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("bid_id", sa.Uuid()),
        sa.Column("criterion_id", sa.Uuid()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("signs", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("held_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("read_at", WHEN),
        sa.Column("read_by_id", sa.Uuid()),
        sa.Column("deputy_told_at", WHEN),
        sa.Column("line_shown_at", WHEN),
        sa.Column("decided_at", WHEN),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("action", sa.String(length=40)),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "place IN ('score', 'declaration', 'agreed')", name=op.f("ck_held_words_held_place")
        ),
        sa.CheckConstraint(
            "status IN ('unscreened', 'waiting', 'with_lead', 'released', 'withheld', 'replaced')",
            name=op.f("ck_held_words_held_status"),
        ),
        sa.CheckConstraint(
            "action IN ('spoke', 'family', 'social_care', 'emergency', 'others', 'nothing')",
            name=op.f("ck_held_words_action"),
        ),
        sa.CheckConstraint("(read_at IS NULL) = (read_by_id IS NULL)", name=op.f("ck_held_words_read_by_somebody")),
        sa.CheckConstraint(
            "action IS NULL OR decided_by_id IS NOT NULL", name=op.f("ck_held_words_done_by_somebody")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_held_words_panel_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_held_words_author_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_held_words_bid_id")),
        sa.ForeignKeyConstraint(["criterion_id"], ["award_criterion.id"], name=op.f("fk_held_words_criterion_id")),
        sa.ForeignKeyConstraint(["read_by_id"], ["user_account.id"], name=op.f("fk_held_words_read_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_held_words_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_words")),
    )
    for column in ("panel_id", "author_id", "bid_id", "criterion_id", "read_by_id", "decided_by_id"):
        op.create_index(op.f(f"ix_held_words_{column}"), "held_words", [column])
    op.create_index(
        "ix_held_words_with_lead",
        "held_words",
        ["held_at"],
        postgresql_where=sa.text("status = 'with_lead' AND read_at IS NULL"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON held_words TO {role}")
    op.add_column("score", sa.Column("held_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_score_held_id"), "score", "held_words", ["held_id"], ["id"])
    op.add_column(
        "contracting_authority",
        sa.Column("emergency_line", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.execute("ALTER TABLE score DISABLE TRIGGER keep_submitted_score")
    op.execute(WRITTEN_BEFORE % AWAITED)
    op.execute("ALTER TABLE score ENABLE TRIGGER keep_submitted_score")


def downgrade() -> None:
    """What was held can be read by whoever reads scores; what was done about it is lost."""
    op.execute("ALTER TABLE score DISABLE TRIGGER keep_submitted_score")
    op.execute("UPDATE score SET reason = held.words FROM held_words AS held WHERE held.id = score.held_id")
    op.execute("ALTER TABLE score ENABLE TRIGGER keep_submitted_score")
    op.drop_column("contracting_authority", "emergency_line")
    op.drop_column("score", "held_id")
    op.drop_table("held_words")
