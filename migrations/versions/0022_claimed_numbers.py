"""A number that is registered can be claimed by whoever it belongs to, and is kept for them once it is decided so."""

import sqlalchemy as sa
from alembic import context, op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NUMBERED = "company_number IS NOT NULL OR charity_number IS NOT NULL"
SCHEMES = ("GB-COH", "GB-CHC", "GB-SC", "GB-NIC", "GB-LAE", "GB-EDU", "GB-NHS", "GB-PPON")


def upgrade() -> None:
    """Make the table; whose number was given to another can be without one."""
    op.add_column("provider", sa.Column("number_lost_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_provider_has_a_registered_number"), "provider")
    op.create_check_constraint(
        op.f("ck_provider_has_a_registered_number"), "provider", f"{NUMBERED} OR number_lost_at IS NOT NULL"
    )
    people = ("proposed_by_id", "decided_by_id")
    instants = ("answered_at", "proposed_at", "decided_at", "taken_up_at")
    op.create_table(
        "number_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column(
            "claimed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in instants),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in (*people, "taken_up_by_id")),
        sa.CheckConstraint(
            "scheme IN (" + ", ".join(f"'{scheme}'" for scheme in SCHEMES) + ")", name=op.f("ck_number_claim_scheme")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'holder_asked', 'move_proposed', 'upheld', 'dismissed')",
            name=op.f("ck_number_claim_claim_status"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_number_claim_two_people")
        ),
        sa.CheckConstraint(
            "status <> 'upheld' OR proposed_by_id IS NOT NULL", name=op.f("ck_number_claim_upheld_by_two")
        ),
        sa.CheckConstraint(
            "(status IN ('upheld', 'dismissed')) = (decided_at IS NOT NULL)",
            name=op.f("ck_number_claim_decided_at_matches"),
        ),
        sa.CheckConstraint(
            "taken_up_at IS NULL OR status = 'upheld'", name=op.f("ck_number_claim_taken_up_once_upheld")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["provider.id"], name=op.f(f"fk_number_claim_{column}"))
            for column in ("holder_id", "taken_up_by_id")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_number_claim_{column}"))
            for column in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_claim")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_number_claim_code_hash")),
    )
    op.create_index("ix_number_claim_number", "number_claim", ["scheme", "number"])
    op.create_index(op.f("ix_number_claim_holder_id"), "number_claim", ["holder_id"])
    role = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes.get("app_role", "portal_web"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON number_claim TO {role}")


def downgrade() -> None:
    """Take it back: who has no number any more gets a made-up one, which no register has."""
    op.drop_table("number_claim")
    op.execute(f"UPDATE provider SET company_number = 'X' || left(id::text, 7) WHERE NOT ({NUMBERED})")
    op.drop_constraint(op.f("ck_provider_has_a_registered_number"), "provider")
    op.create_check_constraint(op.f("ck_provider_has_a_registered_number"), "provider", NUMBERED)
    op.drop_column("provider", "number_lost_at")
