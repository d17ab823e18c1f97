"""What bidders and the buyer write to each other once the bids are opened."""

import sqlalchemy as sa
from alembic import context, op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "correspondence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_correspondence_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_correspondence_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondence")),
        sa.UniqueConstraint("reference", name=op.f("uq_correspondence_reference")),
        sa.UniqueConstraint("itt_id", "provider_id", name=op.f("uq_correspondence_itt_id_provider_id")),
    )
    op.create_index("ix_correspondence_provider_id", "correspondence", ["provider_id"])
    op.create_table(
        "correspondence_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("correspondence_id", sa.Uuid(), nullable=False),
        sa.Column("from_buyer", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sent_at", WHEN, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correspondence_id"], ["correspondence.id"], name=op.f("fk_correspondence_entry_correspondence_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user_account.id"], name=op.f("fk_correspondence_entry_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondence_entry")),
    )
    op.create_index("ix_correspondence_entry_correspondence_id", "correspondence_entry", ["correspondence_id"])
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON correspondence TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT ON correspondence_entry TO {quoted}")


def downgrade():
    op.drop_table("correspondence_entry")
    op.drop_table("correspondence")
