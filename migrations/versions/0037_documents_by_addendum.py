"""Which addendum proposed a version of a document, before it has a public number."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "invitation_document_version"


def upgrade() -> None:
    """Add the column: until here no addendum brought a document."""
    op.add_column(TABLE, sa.Column("addendum_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_invitation_document_version_addendum_id"), TABLE, "addendum", ["addendum_id"], ["id"])
    op.create_index(op.f("ix_invitation_document_version_addendum_id"), TABLE, ["addendum_id"])


def downgrade() -> None:
    """Drop it; what was published keeps the number of its addendum."""
    op.drop_column(TABLE, "addendum_id")
