"""A framework's criterion says whether young people score it, and every call-off keeps that promise."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Published terms are frozen and so is this: what they said in words alone is written down once, here.
PROMISED = """
ALTER TABLE framework_criterion DISABLE TRIGGER keep_framework_structure;
UPDATE framework_criterion SET by_young_people = true
WHERE title ~* 'what young people (think|say)|young people[’'']?s? (views?|voice|opinion)'
   OR description ~* '(scored|marked|judged) by (the |a )?young people';
ALTER TABLE framework_criterion ENABLE TRIGGER keep_framework_structure;
"""


def upgrade() -> None:
    """Add the column, and read it out of the words of criteria that exist."""
    op.add_column(
        "framework_criterion",
        sa.Column("by_young_people", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.execute(PROMISED)


def downgrade() -> None:
    """Take it back; the words stay."""
    op.drop_column("framework_criterion", "by_young_people")
