"""How a procurement ends without a contract; drafts that were given up are called so."""

import sqlalchemy as sa
from alembic import context, op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = ("draft", "published", "opened", "moderated", "awarded", "contracted", "cancelled")
AFTER = (*BEFORE, "not_awarded", "discarded")
COMPLETE = (
    "(status IN ('draft', '{unseen}')) OR (published_at IS NOT NULL AND closes_at IS NOT NULL AND method IS NOT NULL "
    "AND method_hash IS NOT NULL AND seal_public_key IS NOT NULL)"
)
APPROVED = (
    "kind <> 'direct_award' OR status IN ('draft', '{unseen}') OR (direct_award_approved_at IS NOT NULL "
    "AND direct_award_provider_id IS NOT NULL AND direct_award_reason <> '')"
)
ABOUT = "ck_prepared_notice_about_one_thing"


def upgrade() -> None:
    """Until now only drafts could be cancelled."""
    op.create_table(
        "ending",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind IN ('cancellation', 'no_award')", name=op.f("ck_ending_ending_kind")),
        sa.CheckConstraint("status IN ('proposed', 'refused', 'decided')", name=op.f("ck_ending_ending_status")),
        sa.CheckConstraint("(kind = 'no_award') = (lot_id IS NOT NULL)", name=op.f("ck_ending_no_award_of_a_lot")),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_ending_has_a_reason")),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_ending_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_ending_two_people")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_ending_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_ending_lot_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_ending_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_ending_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ending")),
    )
    op.create_index(op.f("ix_ending_itt_id"), "ending", ["itt_id"])
    op.create_index(
        "uq_ending_in_force",
        "ending",
        [sa.text("coalesce(lot_id, itt_id)")],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON ending TO {role}")
    op.execute(
        "CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON ending FOR EACH ROW "
        "WHEN (NEW.decided_by_id IS NOT NULL) "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )
    op.add_column("itt", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("itt", sa.Column("ended_from", sa.Text()))
    op.add_column("itt", sa.Column("opening_key_destroyed_at", sa.DateTime(timezone=True)))
    _rename(AFTER, {"cancelled": "discarded"}, unseen="discarded")
    op.create_check_constraint(
        op.f("ck_itt_ended_at_matches"),
        "itt",
        "(status IN ('cancelled', 'not_awarded')) = (ended_at IS NOT NULL) "
        "AND (ended_at IS NULL) = (ended_from IS NULL) "
        "AND ended_from IN ('published', 'opened', 'moderated', 'awarded')",
    )
    op.create_check_constraint(
        op.f("ck_itt_opening_key_no_longer_needed"),
        "itt",
        "opening_key_destroyed_at IS NULL OR (status = 'cancelled' AND opened_at IS NULL)",
    )
    op.add_column("prepared_notice", sa.Column("ending_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_prepared_notice_ending_id"), "prepared_notice", "ending", ["ending_id"], ["id"])
    op.drop_constraint(op.f(ABOUT), "prepared_notice", type_="check")
    op.create_check_constraint(
        op.f(ABOUT), "prepared_notice", "num_nonnulls(addendum_id, decision_id, contract_id, ending_id) = 1"
    )


def downgrade() -> None:
    """Whatever has ended is called cancelled again; reasons and second people are lost."""
    op.execute("DELETE FROM prepared_notice WHERE ending_id IS NOT NULL")
    op.drop_constraint(op.f(ABOUT), "prepared_notice", type_="check")
    op.drop_column("prepared_notice", "ending_id")
    op.create_check_constraint(op.f(ABOUT), "prepared_notice", "num_nonnulls(addendum_id, decision_id, contract_id) = 1")
    op.drop_constraint(op.f("ck_itt_opening_key_no_longer_needed"), "itt", type_="check")
    op.drop_constraint(op.f("ck_itt_ended_at_matches"), "itt", type_="check")
    _rename(BEFORE, {"discarded": "cancelled", "not_awarded": "cancelled"}, unseen="cancelled")
    op.drop_column("itt", "opening_key_destroyed_at")
    op.drop_column("itt", "ended_from")
    op.drop_column("itt", "ended_at")
    op.drop_table("ending")


def _rename(new: tuple[str, ...], names: dict[str, str], *, unseen: str) -> None:
    """Give statuses their other names, in the rows and in whatever speaks of them; `unseen`: of a draft given up."""
    for name in ("itt_status", "ck_itt_published_is_complete", "ck_itt_direct_award_approved"):
        op.drop_constraint(op.f(name), "itt", type_="check")
    op.drop_index("ix_itt_public", table_name="itt")
    for was, becomes in names.items():
        op.execute(f"UPDATE itt SET status = '{becomes}' WHERE status = '{was}'")
    listed = ", ".join(f"'{status}'" for status in new)
    op.create_check_constraint(op.f("itt_status"), "itt", f"status IN ({listed})")
    op.create_check_constraint(op.f("ck_itt_published_is_complete"), "itt", COMPLETE.format(unseen=unseen))
    op.create_check_constraint(op.f("ck_itt_direct_award_approved"), "itt", APPROVED.format(unseen=unseen))
    op.create_index(
        "ix_itt_public",
        "itt",
        ["published_at", "id"],
        postgresql_where=sa.text(f"status NOT IN ('draft', '{unseen}')"),
    )
