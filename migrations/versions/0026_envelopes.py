"""Sealed envelopes are rows; a version says in which format it was sealed; a question says which envelope it answers."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KINDS = "('compliance', 'quality', 'price')"
# Until here there were two envelopes in columns of the version.
INTO_ROWS = """
INSERT INTO sealed_envelope (version_id, kind, sealed, key_for_opening)
SELECT id, 'quality', quality_sealed, quality_key_for_opening FROM bid_version
UNION ALL SELECT id, 'price', price_sealed, price_key_for_opening FROM bid_version
"""
INTO_COLUMNS = """
UPDATE bid_version SET
    quality_sealed = quality.sealed, quality_key_for_opening = quality.key_for_opening,
    price_sealed = price.sealed, price_key_for_opening = price.key_for_opening
FROM sealed_envelope quality, sealed_envelope price
WHERE quality.version_id = bid_version.id AND quality.kind = 'quality'
    AND price.version_id = bid_version.id AND price.kind = 'price'
"""
COLUMNS = ("quality_sealed", "price_sealed", "quality_key_for_opening", "price_key_for_opening")


def upgrade() -> None:
    """Move the envelopes into rows of their own: all that there are were sealed in the first format."""
    op.create_table(
        "sealed_envelope",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_for_opening", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_sealed_envelope_envelope_kind")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["bid_version.id"], name=op.f("fk_sealed_envelope_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "kind", name=op.f("pk_sealed_envelope")),
    )
    op.execute(INTO_ROWS)
    op.add_column("bid_version", sa.Column("seal_format", sa.SmallInteger()))
    op.execute("UPDATE bid_version SET seal_format = 1")
    op.alter_column("bid_version", "seal_format", nullable=False)
    for column in COLUMNS:
        op.drop_column("bid_version", column)
    op.add_column("opened_bid", sa.Column("compliance", postgresql.JSONB()))
    op.add_column("opened_bid", sa.Column("priced", postgresql.JSONB()))
    op.add_column("question", sa.Column("envelope", sa.String(40), server_default="quality", nullable=False))
    op.alter_column("question", "envelope", server_default=None)
    op.create_check_constraint(op.f("ck_question_envelope_kind"), "question", f"envelope IN {KINDS}")
    op.create_check_constraint(
        op.f("ck_question_scored_is_quality"), "question", "criterion_id IS NULL OR envelope = 'quality'"
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT ON sealed_envelope TO {role}")


def downgrade() -> None:
    """Put quality and price back into the version. What only the new format knows cannot go back, so it must not be."""
    newer = op.get_bind().scalar(sa.text("SELECT count(*) FROM bid_version WHERE seal_format <> 1"))
    if newer:
        raise RuntimeError(f"{newer} bid versions are sealed in a format that the release before cannot open.")
    for column in COLUMNS:
        op.add_column("bid_version", sa.Column(column, sa.LargeBinary()))
    op.execute(INTO_COLUMNS)
    for column in COLUMNS:
        op.alter_column("bid_version", column, nullable=False)
    op.drop_column("bid_version", "seal_format")
    op.drop_table("sealed_envelope")
    op.drop_column("opened_bid", "priced")
    op.drop_column("opened_bid", "compliance")
    op.drop_constraint(op.f("ck_question_scored_is_quality"), "question", type_="check")
    op.drop_column("question", "envelope")
