"""Questions are of more kinds, and say what each kind needs in one column."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OLD = ("text", "files")
NEW = (
    "text", "easy_read", "pass_fail", "files", "yes_no", "choice", "choices", "number", "money", "date", "declaration",
)  # fmt: skip


def _allow(kinds: tuple[str, ...]) -> None:
    name = op.f("question_kind")
    op.drop_constraint(name, "question")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "question", f"kind IN ({listed})")


def _keep_published(wanted: str) -> None:
    """The questions of published invitations are moved as they are: nothing of the method changes."""
    op.execute(f"ALTER TABLE question {wanted} TRIGGER keep_published_method")


def upgrade() -> None:
    """Move the word limit among the settings."""
    settings = sa.Column("settings", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("question", settings)
    _keep_published("DISABLE")
    op.execute(
        "UPDATE question SET settings = jsonb_build_object('word_limit', word_limit) WHERE word_limit IS NOT NULL"
    )
    _keep_published("ENABLE")
    op.drop_column("question", "word_limit")
    _allow(NEW)


def downgrade() -> None:
    """Take it back: what is neither words nor files is asked in words, and loses what its kind needed."""
    op.add_column("question", sa.Column("word_limit", sa.Integer(), nullable=True))
    _keep_published("DISABLE")
    op.execute("UPDATE question SET word_limit = (settings ->> 'word_limit')::integer")
    op.execute("UPDATE question SET kind = 'text', word_limit = coalesce(word_limit, 500) WHERE kind NOT IN ('text', 'files')")
    _keep_published("ENABLE")
    op.drop_column("question", "settings")
    _allow(OLD)
