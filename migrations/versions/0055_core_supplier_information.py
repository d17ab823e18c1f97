"""A question can be for a share code of core supplier information."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

OLD = (
    "text", "easy_read", "pass_fail", "files", "yes_no", "choice", "choices", "number", "money", "date", "declaration",
    "price_schedule",
)  # fmt: skip


def _allow(kinds: tuple[str, ...]) -> None:
    name = op.f("question_kind")
    op.drop_constraint(name, "question")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "question", f"kind IN ({listed})")


def upgrade() -> None:
    """Allow it."""
    _allow((*OLD, "supplier_information"))


def downgrade() -> None:
    """A code that was asked for is a line of words again: what bidders gave stays readable."""
    op.execute("ALTER TABLE question DISABLE TRIGGER keep_published_method")
    op.execute(
        "UPDATE question SET kind = 'text', settings = '{\"word_limit\": 10}' WHERE kind = 'supplier_information'"
    )
    op.execute("ALTER TABLE question ENABLE TRIGGER keep_published_method")
    _allow(OLD)
