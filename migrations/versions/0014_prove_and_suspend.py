"""A number is proved by a method that is kept, an organisation can be suspended, and relying on an unproved one says why."""

import sqlalchemy as sa
from alembic import context, op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# How earlier checks were made was not kept beyond the officer's note.
KEEP_CHECKS = """
INSERT INTO verification (id, provider_id, method, status, begun_by_id, begun_at, seen, proved_at, proved_by_id)
SELECT gen_random_uuid(), provider.id, 'before_records', 'verified', person.id, verified_at,
       coalesce(verification_note, ''), verified_at, person.id
FROM provider LEFT JOIN user_account person ON person.id = verified_by_id
WHERE verified_at IS NOT NULL
"""
GIVE_BACK_CHECKS = """
UPDATE provider SET verified_at = held.proved_at, verified_by_id = coalesce(held.proved_by_id, provider.id),
       verification_note = held.seen
FROM verification held WHERE held.provider_id = provider.id AND held.status = 'verified'
"""


def upgrade() -> None:
    """Make the tables, move the checks that were made, and take their columns away."""
    _make_verification()
    _make_suspension()
    op.execute(KEEP_CHECKS)
    op.drop_constraint(op.f("ck_provider_verified_by_somebody"), "provider")
    for column in ("verified_at", "verified_by_id", "verification_note"):
        op.drop_column("provider", column)
    for table in ("application_decision", "award_decision"):
        op.add_column(table, sa.Column("unverified_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON verification, suspension TO {role}")


def downgrade() -> None:
    """Take it back: who is verified stays so, by whom and with the note."""
    for table in ("application_decision", "award_decision"):
        op.drop_column(table, "unverified_reason")
    op.add_column("provider", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("provider", sa.Column("verified_by_id", sa.Uuid(), nullable=True))
    op.add_column("provider", sa.Column("verification_note", sa.Text(), nullable=True))
    op.execute(GIVE_BACK_CHECKS)
    op.create_check_constraint(
        op.f("ck_provider_verified_by_somebody"), "provider", "(verified_at IS NULL) = (verified_by_id IS NULL)"
    )
    op.drop_table("suspension")
    op.drop_table("verification")


def _make_verification() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("seen", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proved_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "method IN ('register', 'post', 'before_records')", name=op.f("ck_verification_verification_method")
        ),
        sa.CheckConstraint(
            "status IN ('asked', 'verified', 'refused', 'withdrawn', 'void')",
            name=op.f("ck_verification_verification_status"),
        ),
        sa.CheckConstraint(
            "(status IN ('refused', 'withdrawn')) = (reason <> '')", name=op.f("ck_verification_ended_with_a_reason")
        ),
        sa.CheckConstraint(
            "status NOT IN ('verified', 'withdrawn') OR proved_at IS NOT NULL",
            name=op.f("ck_verification_proved_at_an_instant"),
        ),
        sa.CheckConstraint(
            "method = 'before_records' OR begun_by_id IS NOT NULL", name=op.f("ck_verification_begun_by_somebody")
        ),
        sa.CheckConstraint("(method = 'post') = (code_hash IS NOT NULL)", name=op.f("ck_verification_posted_with_a_code")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_verification_provider_id"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_verification_{column}"))
            for column in ("begun_by_id", "proved_by_id", "ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index("ix_verification_provider_id", "verification", ["provider_id"])
    for name, status in (("in_force", "verified"), ("asked", "asked")):
        op.create_index(
            f"uq_verification_provider_id_{name}",
            "verification",
            ["provider_id"],
            unique=True,
            postgresql_where=sa.text(f"status = '{status}'"),
        )


def _make_suspension() -> None:
    people = ("proposed_by_id", "decided_by_id", "lift_proposed_by_id", "lifted_by_id")
    op.create_table(
        "suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_date", sa.Date(), nullable=False),
        sa.Column("lift_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lift_proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("lift_proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'refused', 'in_force', 'lift_proposed', 'lifted', 'ended')",
            name=op.f("ck_suspension_suspension_status"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_suspension_with_a_reason")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_suspension_has_a_term")),
        sa.CheckConstraint("(status = 'lifted') = (lifted_at IS NOT NULL)", name=op.f("ck_suspension_lifted_at_matches")),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR lifted_by_id <> lift_proposed_by_id", name=op.f("ck_suspension_lift_two_people")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_suspension_two_people")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_suspension_provider_id")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_suspension_authority_id")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_suspension_{column}"))
            for column in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index("ix_suspension_provider_id", "suspension", ["provider_id"])
    op.create_index(
        "uq_suspension_provider_id_authority_id_open",
        "suspension",
        ["provider_id", "authority_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'in_force', 'lift_proposed')"),
        postgresql_nulls_not_distinct=True,
    )
