"""Requests to erase a person: asked by one, decided by another."""

import sqlalchemy as sa
from alembic import context, op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid()),
        sa.Column("provider_id", sa.Uuid()),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_erasure_request_two_people")
        ),
        sa.CheckConstraint(
            "(status IN ('carried_out', 'refused')) = (decided_by_id IS NOT NULL)"
            " AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_erasure_request_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "status IN ('asked', 'withdrawn', 'carried_out', 'refused')",
            name=op.f("ck_erasure_request_erasure_status"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_erasure_request_user_id")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_erasure_request_authority_id")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_erasure_request_provider_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_erasure_request_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_erasure_request_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )
    for column in ("user_id", "authority_id", "provider_id"):
        op.create_index(op.f(f"ix_erasure_request_{column}"), "erasure_request", [column])
    waiting = sa.text("status = 'asked'")
    op.create_index("uq_erasure_request_open", "erasure_request", ["user_id"], unique=True, postgresql_where=waiting)
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON erasure_request TO {quoted}")
    # Links and changed addresses go with the person; the message that carried a link stays.
    op.execute(f"GRANT DELETE ON mailed_link, address_change TO {quoted}")
    keep_messages(ondelete="SET NULL")


def downgrade():
    keep_messages(ondelete=None)
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"REVOKE DELETE ON mailed_link, address_change FROM {quoted}")
    op.drop_table("erasure_request")


def keep_messages(*, ondelete):
    name = op.f("fk_message_mailed_link_id")
    op.drop_constraint(name, "message", type_="foreignkey")
    op.create_foreign_key(name, "message", "mailed_link", ["mailed_link_id"], ["id"], ondelete=ondelete)
