"""Refusals, removals and direct awards keep both people: who decided a removal, and who proposed a direct award."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Both stood in the ledger alone. Where it does not say, the column stays empty, and the CHECKs pass.
REMOVED_BY = """
UPDATE admission SET removal_decided_by_id = last.actor_id, removal_decided_at = last.at
FROM (
    SELECT DISTINCT ON (object_id) object_id, actor_id, at FROM event
    WHERE kind = 'provider_removed' ORDER BY object_id, at DESC
) last
WHERE last.object_id = admission.id AND admission.status = 'removed'
  AND last.actor_id IS DISTINCT FROM admission.removal_proposed_by_id
"""
PROPOSED_BY = """
UPDATE itt SET direct_award_proposed_by_id = last.actor_id, direct_award_proposed_at = last.at
FROM (
    SELECT DISTINCT ON (object_id) object_id, actor_id, at FROM event
    WHERE kind = 'itt_changed' AND data ->> 'part' = 'invited' ORDER BY object_id, at DESC
) last
WHERE last.object_id = itt.id AND itt.direct_award_reason <> ''
  AND last.actor_id IS DISTINCT FROM itt.direct_award_approved_by_id
"""
PEOPLE = (("admission", "removal_decided"), ("itt", "direct_award_proposed"))
CHECKS = (
    ("admission", "removal_two_people", "removal_decided_by_id", "removal_proposed_by_id"),
    ("itt", "direct_award_two_people", "direct_award_approved_by_id", "direct_award_proposed_by_id"),
)


def upgrade() -> None:
    """Add the columns, fill them from the ledger, and let the database hold the rule."""
    op.alter_column("application_decision", "note", new_column_name="decision_note")
    op.alter_column("application_decision", "proposed_at", server_default=sa.text("clock_timestamp()"))
    for table, act in PEOPLE:
        op.add_column(table, sa.Column(f"{act}_by_id", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column(f"{act}_at", sa.DateTime(timezone=True), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_{act}_by_id"), table, "user_account", [f"{act}_by_id"], ["id"])
    op.execute(REMOVED_BY)
    op.execute(PROPOSED_BY)
    for table, name, decider, proposer in CHECKS:
        op.create_check_constraint(
            op.f(f"ck_{table}_{name}"), table, f"{decider} IS NULL OR {decider} <> {proposer}"
        )


def downgrade() -> None:
    """Take it back; the ledger still says who it was."""
    for table, name, _decider, _proposer in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for table, act in PEOPLE:
        op.drop_column(table, f"{act}_by_id")
        op.drop_column(table, f"{act}_at")
    op.alter_column("application_decision", "proposed_at", server_default=None)
    op.alter_column("application_decision", "decision_note", new_column_name="note")
