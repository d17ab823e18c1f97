"""Documents of an invitation with versions, and undertakings for those that are not for everybody."""

import sqlalchemy as sa
from alembic import context, op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KINDS = "('specification', 'contract_terms', 'price_form', 'tupe', 'other')"

# What bidders relied on stays as it was: a published version, and the document that it is of.
FREEZE = """
CREATE FUNCTION keep_published_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'invitation_document_version' THEN
        IF OLD.published_at IS NULL THEN
            RETURN coalesce(NEW, OLD);
        END IF;
    ELSIF NOT EXISTS (
        SELECT 1 FROM invitation_document_version v WHERE v.document_id = OLD.id AND v.published_at IS NOT NULL
    ) THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'a published document cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER keep_published_document BEFORE UPDATE OR DELETE ON invitation_document
    FOR EACH ROW EXECUTE FUNCTION keep_published_document();
CREATE TRIGGER keep_published_document BEFORE UPDATE OR DELETE ON invitation_document_version
    FOR EACH ROW EXECUTE FUNCTION keep_published_document();
"""


def upgrade() -> None:
    """Make the tables, and keep in the database what was published."""
    op.create_table(
        "invitation_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_invitation_document_document_kind")),
        sa.ForeignKeyConstraint(
            ["itt_id"], ["itt.id"], name=op.f("fk_invitation_document_itt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_document")),
        sa.UniqueConstraint("itt_id", "position", name="uq_invitation_document_itt_id_position"),
    )
    op.create_table(
        "invitation_document_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("addendum", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["invitation_document.id"],
            name=op.f("fk_invitation_document_version_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_invitation_document_version_added_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_document_version")),
        sa.UniqueConstraint("document_id", "number", name="uq_invitation_document_version_number"),
    )
    op.create_table(
        "undertaking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_undertaking_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_undertaking_provider_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["user_account.id"], name=op.f("fk_undertaking_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertaking")),
        sa.UniqueConstraint("itt_id", "signed_by_id", name="uq_undertaking_itt_id_signed_by_id"),
    )
    op.create_index("ix_undertaking_provider_id", "undertaking", ["provider_id"])
    op.execute(FREEZE)
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON invitation_document, invitation_document_version TO {role}")
    op.execute(f"GRANT SELECT, INSERT ON undertaking TO {role}")


def downgrade() -> None:
    """Drop the tables; the files stay in the store, and `portal reconcile` names them."""
    op.drop_table("undertaking")
    op.drop_table("invitation_document_version")
    op.drop_table("invitation_document")
    op.execute("DROP FUNCTION keep_published_document()")
