"""A council writes down who was trained, and can ask for that before anybody scores."""

import sqlalchemy as sa
from alembic import context, op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No council has asked for training: everybody goes on scoring."""
    op.add_column(
        "contracting_authority",
        sa.Column("requires_training", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table(
        "training_record",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("finished_date", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True)),
        sa.Column("taken_back_by_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_record")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_training_record_authority_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_training_record_user_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_training_record_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["user_account.id"], name=op.f("fk_training_record_taken_back_by_id")
        ),
        sa.CheckConstraint("btrim(course) <> ''", name=op.f("ck_training_record_course_is_named")),
        sa.CheckConstraint("valid_until > finished_date", name=op.f("ck_training_record_valid_after_it_was_finished")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)",
            name=op.f("ck_training_record_taken_back_by_somebody"),
        ),
    )
    op.create_index("ix_training_record_authority_id_user_id", "training_record", ["authority_id", "user_id"])
    op.create_index(op.f("ix_training_record_user_id"), "training_record", ["user_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON training_record TO {role}")


def downgrade() -> None:
    """Who was trained is lost."""
    op.drop_table("training_record")
    op.drop_column("contracting_authority", "requires_training")
