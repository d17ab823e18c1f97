"""Files of a bid arrive in parts, so that a broken connection costs one part and not the file."""

import sqlalchemy as sa
from alembic import context, op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is arriving yet."""
    op.create_table(
        "file_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("of_file", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_file_part_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_part")),
        sa.UniqueConstraint("bid_id", "of_file", "number", name=op.f("uq_file_part_bid_id_of_file_number")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_file_part_stored_as")),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, DELETE ON file_part TO {role}")


def downgrade() -> None:
    """What has not arrived whole has to be chosen again; `portal reconcile` names the bytes that are left."""
    op.drop_table("file_part")
