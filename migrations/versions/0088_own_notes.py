"""What members note for themselves while they score."""

import sqlalchemy as sa
from alembic import context, op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

PLACE = {"panel_member_id": "panel_member", "bid_id": "bid", "criterion_id": "award_criterion"}


def upgrade() -> None:
    """Nobody has noted anything yet."""
    op.create_table(
        "own_note",
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in PLACE),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("btrim(words) <> ''", name=op.f("ck_own_note_says_something")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_own_note_{column}"))
            for column, table in PLACE.items()
        ),
        sa.PrimaryKeyConstraint(*PLACE, name=op.f("pk_own_note")),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON own_note TO {role}")


def downgrade() -> None:
    """The notes are lost."""
    op.drop_table("own_note")
