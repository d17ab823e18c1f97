"""Reminders are noted once, messages know what they are about, and people choose what is mailed."""

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What an invitation's, a bid's or an award's event is about is the invitation; elsewhere it is the event's own object.
THREADS = """
UPDATE message SET thread_id = coalesce(
    (SELECT bid.itt_id FROM bid WHERE bid.id::text = event.chain),
    (SELECT itt.id FROM itt WHERE itt.id::text = event.chain),
    event.object_id
)
FROM event WHERE event.id = message.event_id
"""


def upgrade():
    """Add the tables and columns; every message joins the thread of what its event was about."""
    op.add_column("message", sa.Column("thread_id", sa.Uuid()))
    op.execute(THREADS)
    op.alter_column("message", "thread_id", nullable=False)
    op.create_index("ix_message_thread", "message", ["user_id", "thread_id"])
    op.add_column("bid", sa.Column("draft_gaps", sa.Integer()))
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid()),
        sa.Column("turns_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Interval(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "kind",
            "subject_id",
            "provider_id",
            "turns_at",
            "step",
            name="uq_reminder_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "muted_topic",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_muted_topic_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_muted_topic")),
    )
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT ON reminder TO {role}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON muted_topic TO {role}")


def downgrade():
    """Take them back; which letters somebody had muted, and what was reminded of, is lost."""
    op.drop_table("muted_topic")
    op.drop_table("reminder")
    op.drop_column("bid", "draft_gaps")
    op.drop_index("ix_message_thread", table_name="message")
    op.drop_column("message", "thread_id")
