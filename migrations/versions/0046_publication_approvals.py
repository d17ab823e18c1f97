"""A second person approves what is published."""

import sqlalchemy as sa
from alembic import context, op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
STATES = ("proposed", "approved", "sent_back", "overtaken")


def upgrade() -> None:
    """Make the table; drafts that are under way are asked for from now on."""
    op.create_table(
        "publication_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", WHEN),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(f"status IN {STATES}", name=op.f("ck_publication_approval_approval_status")),
        sa.CheckConstraint(
            "(status <> 'proposed' OR decided_at IS NULL) "
            "AND (status NOT IN ('approved', 'sent_back') OR decided_at IS NOT NULL)",
            name=op.f("ck_publication_approval_decided_or_proposed"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_publication_approval_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["itt_id"], ["itt.id"], name=op.f("fk_publication_approval_itt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_publication_approval_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_publication_approval_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_approval")),
    )
    op.create_index(op.f("ix_publication_approval_itt_id"), "publication_approval", ["itt_id"])
    op.create_index(
        "uq_publication_approval_in_force",
        "publication_approval",
        ["itt_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'approved')"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON publication_approval TO {role}")
    op.execute(
        "CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON publication_approval FOR EACH ROW "
        "WHEN (NEW.decided_by_id IS NOT NULL) "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )


def downgrade() -> None:
    """Take it away: who approved what is lost."""
    op.drop_table("publication_approval")
