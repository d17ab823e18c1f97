"""A question can be a condition of participation."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

OLD = (
    "text", "easy_read", "pass_fail", "files", "yes_no", "choice", "choices", "number", "money", "date", "declaration",
    "price_schedule", "supplier_information",
)  # fmt: skip


def _allow(kinds: tuple[str, ...]) -> None:
    name = op.f("question_kind")
    op.drop_constraint(name, "question")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "question", f"kind IN ({listed})")


def upgrade() -> None:
    """Allow it. Questions that are judged pass or fail stay what they are."""
    _allow((*OLD, "condition"))


def downgrade() -> None:
    """A condition is a question in words that is judged pass or fail: what must be met becomes its rule."""
    op.execute("ALTER TABLE question DISABLE TRIGGER keep_published_method")
    op.execute(
        "UPDATE question SET kind = 'pass_fail', settings = jsonb_build_object('word_limit', settings->'word_limit', "
        "'rule', settings->>'meets') WHERE kind = 'condition'"
    )
    op.execute("ALTER TABLE question ENABLE TRIGGER keep_published_method")
    _allow(OLD)
