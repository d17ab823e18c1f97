"""The platform's administrators make somebody administrator of an organisation whose own one is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

GROUNDS = (
    "(asked_sealed IS NULL) = (checked_sealed IS NULL)"
    " AND (asked_sealed IS NOT NULL OR provider_id IS NULL)"
    " AND (asked_sealed IS NULL OR role IN ('authority_administrator', 'provider_administrator'))"
)


def upgrade():
    """Let a role be given in a provider, and say who asked and how it was checked; what there is stays as it is."""
    op.alter_column("role_grant", "authority_id", nullable=True)
    op.add_column("role_grant", sa.Column("provider_id", sa.Uuid()))
    op.add_column("role_grant", sa.Column("asked_sealed", sa.LargeBinary()))
    op.add_column("role_grant", sa.Column("checked_sealed", sa.LargeBinary()))
    op.create_foreign_key(op.f("fk_role_grant_provider_id"), "role_grant", "provider", ["provider_id"], ["id"])
    op.create_index(op.f("ix_role_grant_provider_id"), "role_grant", ["provider_id"])
    op.create_check_constraint(
        op.f("ck_role_grant_one_place"), "role_grant", "num_nonnulls(authority_id, provider_id) = 1"
    )
    op.create_check_constraint(op.f("ck_role_grant_successor_with_grounds"), "role_grant", GROUNDS)


def downgrade():
    """Take it back, and with it the successors that were proposed; the roles that were given stay."""
    op.execute("DELETE FROM role_grant WHERE asked_sealed IS NOT NULL")
    op.drop_constraint(op.f("ck_role_grant_successor_with_grounds"), "role_grant")
    op.drop_constraint(op.f("ck_role_grant_one_place"), "role_grant")
    op.drop_index(op.f("ix_role_grant_provider_id"), "role_grant")
    op.drop_constraint(op.f("fk_role_grant_provider_id"), "role_grant")
    for column in ("checked_sealed", "asked_sealed", "provider_id"):
        op.drop_column("role_grant", column)
    op.alter_column("role_grant", "authority_id", nullable=False)
