"""Officers can hide from panels the words of a bid that say whose it is."""

import sqlalchemy as sa
from alembic import context, op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

KEYS = {"bid_id": "bid", "hidden_by_id": "user_account", "shown_again_by_id": "user_account"}


def upgrade() -> None:
    """Nothing is hidden yet."""
    op.create_table(
        "hidden_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "hidden_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("hidden_by_id", sa.Uuid(), nullable=False),
        sa.Column("shown_again_at", sa.DateTime(timezone=True)),
        sa.Column("shown_again_by_id", sa.Uuid()),
        sa.CheckConstraint("btrim(words) <> ''", name=op.f("ck_hidden_words_says_something")),
        sa.CheckConstraint(
            "(shown_again_at IS NULL) = (shown_again_by_id IS NULL)", name=op.f("ck_hidden_words_shown_by_somebody")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_hidden_words_{column}"))
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_words")),
    )
    op.create_index(
        "uq_hidden_words_in_force",
        "hidden_words",
        ["bid_id", "words"],
        unique=True,
        postgresql_where=sa.text("shown_again_at IS NULL"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON hidden_words TO {role}")


def downgrade() -> None:
    """Panels read the words again; the ledger says that some were hidden."""
    op.drop_table("hidden_words")
