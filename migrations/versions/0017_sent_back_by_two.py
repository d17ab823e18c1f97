"""A refusal that was sent back names the second person, who is not the first, with an instant and a reason."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CHECKS = (
    ("sent_back_two_people", "sent_back_by_id IS NULL OR sent_back_by_id <> proposed_by_id"),
    (
        "sent_back_with_a_reason",
        "(sent_back_at IS NULL) = (sent_back_by_id IS NULL) AND (sent_back_at IS NULL) = (sent_back_reason = '')",
    ),
    ("decided_or_sent_back", "decided_at IS NULL OR sent_back_at IS NULL"),
)


def upgrade() -> None:
    """Let the database hold what sending back has always done."""
    for name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_application_decision_{name}"), "application_decision", rule)


def downgrade() -> None:
    """Take it back."""
    for name, _rule in CHECKS:
        op.drop_constraint(op.f(f"ck_application_decision_{name}"), "application_decision")
