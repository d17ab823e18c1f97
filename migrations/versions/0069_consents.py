"""What members say to an agreed score, and since when it stands."""

import sqlalchemy as sa
from alembic import context, op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
EMPTY = sa.text("''")


def upgrade() -> None:
    """What was agreed before stands since it was agreed: nobody was asked for consent then."""
    op.add_column("moderated_score", sa.Column("outside_reason", sa.Text(), server_default=EMPTY, nullable=False))
    op.add_column("moderated_score", sa.Column("stands_at", WHEN))
    op.execute("UPDATE moderated_score SET stands_at = agreed_at")
    op.create_table(
        "score_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moderated_score_id", sa.Uuid(), nullable=False),
        sa.Column("panel_member_id", sa.Uuid(), nullable=False),
        sa.Column("consented_at", WHEN),
        sa.Column("dissent", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("said_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("superseded_at", WHEN),
        sa.CheckConstraint(
            "(consented_at IS NULL) = (btrim(dissent) <> '')", name=op.f("ck_score_consent_consents_or_dissents")
        ),
        sa.ForeignKeyConstraint(
            ["moderated_score_id"], ["moderated_score.id"], name=op.f("fk_score_consent_moderated_score_id")
        ),
        sa.ForeignKeyConstraint(
            ["panel_member_id"], ["panel_member.id"], name=op.f("fk_score_consent_panel_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_consent")),
    )
    op.create_index(op.f("ix_score_consent_panel_member_id"), "score_consent", ["panel_member_id"])
    op.create_index(
        "uq_score_consent_in_force",
        "score_consent",
        ["moderated_score_id", "panel_member_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON score_consent TO {role}")


def downgrade() -> None:
    """Who consented is lost; agreed scores stay."""
    op.drop_table("score_consent")
    op.drop_column("moderated_score", "stands_at")
    op.drop_column("moderated_score", "outside_reason")
