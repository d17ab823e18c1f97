"""Young people have a chair of their own, who confirms each agreed score last and closes with the facilitator."""

import sqlalchemy as sa
from alembic import context, op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
IDS = {"panel_id": "panel", "member_id": "panel_member", "named_by_id": "user_account"}


def upgrade() -> None:
    """No group has one yet, so whatever is under way goes on as it did."""
    op.create_table(
        "young_chair",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in IDS),
        sa.Column("named_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("ended_at", WHEN),
        sa.Column("finished_at", WHEN),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_young_chair_{name}"))
            for name, table in IDS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_young_chair")),
    )
    op.create_index(op.f("ix_young_chair_member_id"), "young_chair", ["member_id"])
    op.create_index(
        "uq_young_chair_in_force",
        "young_chair",
        ["panel_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON young_chair TO {role}")


def downgrade() -> None:
    """Who chaired is lost; the scores stand as they do."""
    op.drop_table("young_chair")
