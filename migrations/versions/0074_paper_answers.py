"""What young people said to their agreed scores on signed paper, as each of two adults read it."""

import sqlalchemy as sa
from alembic import context, op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
IDS = {"moderated_score_id": "moderated_score", "panel_member_id": "panel_member", "keyed_by_id": "user_account"}


def upgrade() -> None:
    """Nothing was said on paper yet."""
    op.create_table(
        "paper_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("moderated_score_id", "panel_member_id")),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("dissent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("keyed_by_id", sa.Uuid(), nullable=False),
        sa.Column("keyed_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("superseded_at", WHEN),
        sa.CheckConstraint("agrees = (btrim(dissent) = '')", name=op.f("ck_paper_answer_agrees_or_dissents")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_paper_answer_{name}"))
            for name, table in IDS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_answer")),
    )
    for name in ("panel_member_id", "keyed_by_id"):
        op.create_index(op.f(f"ix_paper_answer_{name}"), "paper_answer", [name])
    op.create_index(
        "uq_paper_answer_in_force",
        "paper_answer",
        list(IDS),
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON paper_answer TO {role}")


def downgrade() -> None:
    """What was keyed is lost; what counted stays with the young people's answers."""
    op.drop_table("paper_answer")
