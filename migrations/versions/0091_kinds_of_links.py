"""A link with a bidder says of what kind it is."""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

TABLES = ("declaration", "interest")
KINDS = "'working', 'governing', 'employer', 'umbrella', 'funding', 'family', 'using', 'other'"


def upgrade() -> None:
    """Nobody was asked before: what was declared has no kind."""
    for table in TABLES:
        op.add_column(table, sa.Column("kind", sa.String(40)))
        op.create_check_constraint(op.f(f"ck_{table}_link_kind"), table, f"kind IN ({KINDS})")
        op.create_check_constraint(op.f(f"ck_{table}_kind_of_a_link"), table, "kind IS NULL OR has_interest")


def downgrade() -> None:
    """What was declared keeps its words."""
    for table in TABLES:
        op.drop_column(table, "kind")
