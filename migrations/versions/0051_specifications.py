"""What a service is to achieve: outcomes, their outputs and activities, and what of it is measured."""

import sqlalchemy as sa
from alembic import context, op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No invitation states outcomes yet; what is published with them stays as it is."""
    op.create_table(
        "specification_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("outcome_id", sa.Uuid()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("target", sa.Numeric(14, 3)),
        sa.Column("side", sa.String(40)),
        sa.Column("period", sa.String(40)),
        sa.CheckConstraint("kind IN ('outcome', 'output', 'activity')", name=op.f("ck_specification_line_line_kind")),
        sa.CheckConstraint("side IN ('at_least', 'at_most')", name=op.f("ck_specification_line_target_side")),
        sa.CheckConstraint("period IN ('month', 'quarter', 'year')", name=op.f("ck_specification_line_measure_period")),
        sa.CheckConstraint(
            "(kind = 'outcome') = (outcome_id IS NULL)", name=op.f("ck_specification_line_under_an_outcome")
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_specification_line_has_words")),
        sa.CheckConstraint(
            "num_nulls(target, side, period) IN (0, 3) AND (target IS NULL) = (unit = '')",
            name=op.f("ck_specification_line_measured_whole"),
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_specification_line_itt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["outcome_id"],
            ["specification_line.id"],
            name=op.f("fk_specification_line_outcome_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specification_line")),
    )
    op.create_index(op.f("ix_specification_line_itt_id"), "specification_line", ["itt_id"])
    op.create_index(op.f("ix_specification_line_outcome_id"), "specification_line", ["outcome_id"])
    op.execute(
        "CREATE TRIGGER keep_published_method BEFORE INSERT OR UPDATE OR DELETE ON specification_line "
        "FOR EACH ROW EXECUTE FUNCTION keep_published_method()"
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON specification_line TO {role}")


def downgrade() -> None:
    """What was stated of outcomes is lost."""
    op.drop_table("specification_line")
