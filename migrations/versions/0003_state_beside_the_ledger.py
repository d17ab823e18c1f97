"""What was read out of the ledger as state stands in columns: blocked results, closings noted, pauses ended, savers.

For what happened before, the columns are filled from the ledger's own entries; entries themselves stay as they are.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FILL = (
    # The last refusal of the scoring engine for each lot and inputs.
    """
    INSERT INTO blocked_result (lot_id, itt_id, inputs_hash, code, blocked_at)
    SELECT DISTINCT ON (event.object_id, data ->> 'inputs_sha256')
           lot.id, lot.itt_id, data ->> 'inputs_sha256', data ->> 'code', event.at
    FROM event JOIN lot ON lot.id = event.object_id
    WHERE event.kind = 'result_blocked' ORDER BY event.object_id, data ->> 'inputs_sha256', event.at DESC
    """,
    """
    UPDATE itt SET closing_noted_at = noted.at
    FROM (SELECT object_id, min(at) AS at FROM event WHERE kind = 'itt_closed' GROUP BY object_id) noted
    WHERE noted.object_id = itt.id
    """,
    """
    UPDATE admission SET pause_end_noted = paused_until
    WHERE EXISTS (SELECT FROM event WHERE event.kind = 'membership_resumed' AND event.object_id = admission.id
                  AND (event.data ->> 'until')::timestamptz = admission.paused_until)
    """,
    """
    UPDATE bid SET draft_saved_by_id = saved.actor_id
    FROM (SELECT DISTINCT ON (object_id) object_id, actor_id FROM event
          WHERE kind IN ('bid_draft_saved', 'bid_submitted') AND object_type = 'bid' ORDER BY object_id, seq DESC) saved
    WHERE saved.object_id = bid.id
    """,
)


def upgrade():
    """Add the columns and fill them from what the ledger says."""
    op.create_table(
        "blocked_result",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_blocked_result_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_blocked_result_lot_id")),
        sa.PrimaryKeyConstraint("lot_id", "inputs_hash", name=op.f("pk_blocked_result")),
    )
    op.create_index(op.f("ix_blocked_result_itt_id"), "blocked_result", ["itt_id"])
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT ON blocked_result TO {role}")
    op.add_column("itt", sa.Column("closing_noted_at", sa.DateTime(timezone=True)))
    op.add_column("admission", sa.Column("pause_end_noted", sa.DateTime(timezone=True)))
    op.add_column("bid", sa.Column("draft_saved_by_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_bid_draft_saved_by_id"), "bid", "user_account", ["draft_saved_by_id"], ["id"])
    for statement in FILL:
        op.execute(statement)


def downgrade():
    """Take the columns away; what they say is in the ledger."""
    op.drop_constraint(op.f("fk_bid_draft_saved_by_id"), "bid", type_="foreignkey")
    op.drop_column("bid", "draft_saved_by_id")
    op.drop_column("admission", "pause_end_noted")
    op.drop_column("itt", "closing_noted_at")
    op.drop_index(op.f("ix_blocked_result_itt_id"), table_name="blocked_result")
    op.drop_table("blocked_result")
