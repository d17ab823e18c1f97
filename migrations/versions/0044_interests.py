"""The register of interests, the conflicts assessment, and what is recorded before publication."""

import sqlalchemy as sa
from alembic import context, op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
EMPTY = sa.text("''")


def upgrade() -> None:
    """Make the tables; whoever began or changed a draft that is not published is in its register."""
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("asked_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("has_interest", sa.Boolean()),
        sa.Column("detail", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("declared_at", WHEN),
        sa.CheckConstraint(
            "(declared_at IS NULL) = (has_interest IS NULL)", name=op.f("ck_interest_declared_one_way_or_the_other")
        ),
        sa.CheckConstraint("has_interest IS NOT TRUE OR detail <> ''", name=op.f("ck_interest_interest_is_described")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_interest_itt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_interest_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("itt_id", "user_id", name="uq_interest_itt_id_user_id"),
    )
    op.create_table(
        "mitigation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("interest_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("takes_part", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", WHEN),
        sa.Column("decision_note", sa.Text(), server_default=EMPTY, nullable=False),
        sa.CheckConstraint("status IN ('proposed', 'agreed', 'refused')", name=op.f("ck_mitigation_mitigation_status")),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_at IS NULL)", name=op.f("ck_mitigation_decided_or_proposed")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_mitigation_two_people")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_mitigation_itt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_mitigation_interest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_mitigation_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_mitigation_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mitigation")),
    )
    op.create_index(op.f("ix_mitigation_interest_id"), "mitigation", ["interest_id"])
    waiting = sa.text("status = 'proposed'")
    op.create_index("uq_mitigation_proposed", "mitigation", ["interest_id"], unique=True, postgresql_where=waiting)
    op.create_table(
        "conflicts_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("perceived", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["itt_id"], ["itt.id"], name=op.f("fk_conflicts_assessment_itt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_conflicts_assessment_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts_assessment")),
        sa.UniqueConstraint("itt_id", "number", name="uq_conflicts_assessment_itt_id_number"),
    )
    op.create_table(
        "groundwork",
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date()),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", WHEN, nullable=False),
        sa.CheckConstraint(
            "subject IN ('equality', 'consultation', 'small_providers')", name=op.f("ck_groundwork_groundwork_subject")
        ),
        sa.CheckConstraint("outcome IN ('done', 'not_needed', 'open')", name=op.f("ck_groundwork_groundwork_outcome")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_groundwork_has_words")),
        sa.CheckConstraint("outcome <> 'done' OR on_date IS NOT NULL", name=op.f("ck_groundwork_done_on_a_day")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_groundwork_itt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_groundwork_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("itt_id", "subject", name=op.f("pk_groundwork")),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON interest TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON mitigation, groundwork TO {role}")
    # A version of the assessment stays as it was made.
    op.execute(f"GRANT SELECT, INSERT ON conflicts_assessment TO {role}")
    op.execute(
        "CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON mitigation FOR EACH ROW "
        "WHEN (NEW.decided_by_id IS NOT NULL) "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )
    op.execute(
        "INSERT INTO interest (id, itt_id, user_id) SELECT gen_random_uuid(), itt.id, who.id FROM itt "
        "CROSS JOIN LATERAL (SELECT itt.created_by_id AS id UNION SELECT event.actor_id FROM event "
        "WHERE event.chain = itt.id::text AND event.kind = 'itt_changed' AND event.actor_id IS NOT NULL) AS who "
        "WHERE itt.status = 'draft'"
    )


def downgrade() -> None:
    """Take them away: what was declared, decided and recorded is lost."""
    for table in ("groundwork", "conflicts_assessment", "mitigation", "interest"):
        op.drop_table(table)
