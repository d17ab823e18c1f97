"""The localities of an authority, what an invitation is for, and what a draft was copied from."""

import sqlalchemy as sa
from alembic import context, op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No authority has drawn its map yet."""
    op.create_table(
        "locality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_fold", sa.Text(), sa.Computed("fold(name)", persisted=True), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_locality_not_within_itself")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_locality_authority_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["locality.id"], name=op.f("fk_locality_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locality")),
        sa.UniqueConstraint("authority_id", "name_fold", name=op.f("uq_locality_authority_id_name_fold")),
    )
    op.create_index(op.f("ix_locality_parent_id"), "locality", ["parent_id"])
    op.create_table(
        "locality_member",
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_locality_member_locality_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_locality_member_user_id")),
        sa.PrimaryKeyConstraint("locality_id", "user_id", name=op.f("pk_locality_member")),
    )
    op.create_index(op.f("ix_locality_member_user_id"), "locality_member", ["user_id"])
    op.add_column("itt", sa.Column("locality_id", sa.Uuid()))
    op.add_column("itt", sa.Column("copied_from_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_itt_locality_id"), "itt", "locality", ["locality_id"], ["id"])
    op.create_foreign_key(op.f("fk_itt_copied_from_id"), "itt", "itt", ["copied_from_id"], ["id"])
    op.create_index(op.f("ix_itt_locality_id"), "itt", ["locality_id"])
    op.create_index(op.f("ix_itt_copied_from_id"), "itt", ["copied_from_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON locality TO {role}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON locality_member TO {role}")


def downgrade() -> None:
    """The maps are lost, and which invitation was for what."""
    for column in ("copied_from_id", "locality_id"):
        op.drop_index(op.f(f"ix_itt_{column}"), "itt")
        op.drop_constraint(op.f(f"fk_itt_{column}"), "itt", type_="foreignkey")
        op.drop_column("itt", column)
    op.drop_table("locality_member")
    op.drop_table("locality")
