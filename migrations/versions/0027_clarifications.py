"""Bidders' questions about invitations, their published answers, and who follows them."""

import sqlalchemy as sa
from alembic import context, op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
STATES = ("asked", "answered", "published", "taken_back")


def upgrade():
    op.add_column("itt", sa.Column("questions_until", WHEN))
    op.add_column("itt", sa.Column("answers_by_date", sa.Date()))
    op.create_check_constraint(
        op.f("ck_itt_asked_before_closing"), "itt", "questions_until IS NULL OR questions_until < closes_at"
    )
    words = {"server_default": sa.text("''"), "nullable": False}
    op.create_table(
        "clarification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("published_words", sa.Text(), **words),
        sa.Column("answer", sa.Text(), **words),
        sa.Column("private_reason", sa.Text(), **words),
        sa.Column("answered_by_id", sa.Uuid()),
        sa.Column("answered_at", WHEN),
        sa.Column("number", sa.Integer()),
        sa.Column("published_at", WHEN),
        sa.CheckConstraint(f"status IN {STATES}", name=op.f("ck_clarification_clarification_status")),
        sa.CheckConstraint(
            "status NOT IN ('answered', 'published') OR answer <> ''", name=op.f("ck_clarification_answered_in_words")
        ),
        sa.CheckConstraint("number IS NULL OR private_reason = ''", name=op.f("ck_clarification_numbered_for_all")),
        sa.CheckConstraint(
            "(status IN ('published')) = (published_at IS NOT NULL)", name=op.f("ck_clarification_published_at_matches")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_clarification_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_clarification_provider_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_clarification_asked_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_clarification_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sa.UniqueConstraint("reference", name=op.f("uq_clarification_reference")),
        sa.UniqueConstraint("itt_id", "number", name=op.f("uq_clarification_itt_id_number")),
    )
    op.create_index("ix_clarification_provider_id", "clarification", ["provider_id", "itt_id"])
    op.create_table(
        "itt_follower",
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_itt_follower_itt_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_itt_follower_user_id")),
        sa.PrimaryKeyConstraint("itt_id", "user_id", name=op.f("pk_itt_follower")),
    )
    op.create_index("ix_itt_follower_user_id", "itt_follower", ["user_id"])
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON clarification TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON itt_follower TO {quoted}")


def downgrade():
    op.drop_table("itt_follower")
    op.drop_table("clarification")
    op.drop_constraint(op.f("ck_itt_asked_before_closing"), "itt")
    op.drop_column("itt", "answers_by_date")
    op.drop_column("itt", "questions_until")
