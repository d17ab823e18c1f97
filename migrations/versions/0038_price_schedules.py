"""A question can be a price schedule."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

OLD = (
    "text", "easy_read", "pass_fail", "files", "yes_no", "choice", "choices", "number", "money", "date", "declaration",
)  # fmt: skip


def _allow(kinds: tuple[str, ...]) -> None:
    name = op.f("question_kind")
    op.drop_constraint(name, "question")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "question", f"kind IN ({listed})")


def upgrade() -> None:
    """Allow it."""
    _allow((*OLD, "price_schedule"))


def downgrade() -> None:
    """Take it back: bids then give one figure again, and nothing asks for their rates."""
    op.execute("ALTER TABLE question DISABLE TRIGGER keep_published_method")
    op.execute("DELETE FROM question WHERE kind = 'price_schedule'")
    op.execute("ALTER TABLE question ENABLE TRIGGER keep_published_method")
    _allow(OLD)
