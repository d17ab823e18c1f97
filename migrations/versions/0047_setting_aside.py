"""Decided awards that are set aside before their contract: a winner withdraws, or panels agree their scores again."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now an award that was decided stayed so."""
    op.create_table(
        "setting_aside",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("decision_id", sa.Uuid()),
        sa.Column("panel_id", sa.Uuid()),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("meetings", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind IN ('withdrawal', 'reopening')", name=op.f("ck_setting_aside_setting_aside_kind")),
        sa.CheckConstraint(
            "status IN ('proposed', 'refused', 'decided')", name=op.f("ck_setting_aside_setting_aside_status")
        ),
        sa.CheckConstraint(
            "(kind = 'withdrawal') = (decision_id IS NOT NULL)", name=op.f("ck_setting_aside_withdrawal_of_a_winner")
        ),
        sa.CheckConstraint(
            "kind = 'reopening' OR panel_id IS NULL", name=op.f("ck_setting_aside_panel_of_a_reopening")
        ),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_setting_aside_has_a_reason")),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_setting_aside_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_setting_aside_two_people")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_setting_aside_itt_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["award_decision.id"], name=op.f("fk_setting_aside_decision_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_setting_aside_panel_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_setting_aside_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_setting_aside_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_aside")),
    )
    op.create_index(op.f("ix_setting_aside_itt_id"), "setting_aside", ["itt_id"])
    op.create_index(
        "uq_setting_aside_waiting",
        "setting_aside",
        ["itt_id"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON setting_aside TO {role}")
    op.execute(
        "CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON setting_aside FOR EACH ROW "
        "WHEN (NEW.decided_by_id IS NOT NULL) "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )
    op.add_column("award_decision", sa.Column("number", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("award_decision", sa.Column("set_aside_by_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_award_decision_set_aside_by_id"), "award_decision", "setting_aside", ["set_aside_by_id"], ["id"]
    )
    _statuses("award_decision", "decision_status", ("proposed", "refused", "decided", "set_aside"))
    op.create_check_constraint(
        op.f("ck_award_decision_set_aside_by_an_act"),
        "award_decision",
        "(status IN ('set_aside')) = (set_aside_by_id IS NOT NULL)",
    )
    _in_force("status IN ('proposed', 'decided')")
    op.add_column("result", sa.Column("superseded_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("uq_result_lot_id_inputs_hash"), "result", type_="unique")
    op.create_index(
        "uq_result_lot_id_inputs_hash",
        "result",
        ["lot_id", "inputs_hash"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    _statuses("draw", "ck_draw_draw_status", ("open", "done", "abandoned", "superseded"))
    _drawn("status = 'superseded' OR (status = 'done') = (seed IS NOT NULL)", "status IN ('open', 'done')")


def downgrade() -> None:
    """Whatever was set aside is lost, but for the ledger: awards were refused, results and draws as if never made."""
    op.execute("UPDATE award_decision SET status = 'refused', set_aside_by_id = NULL WHERE status = 'set_aside'")
    op.execute("UPDATE draw SET status = 'abandoned', seed = NULL, drawn = NULL WHERE status = 'superseded'")
    _drawn("(status IN ('done')) = (seed IS NOT NULL)", "status <> 'abandoned'")
    _statuses("draw", "ck_draw_draw_status", ("open", "done", "abandoned"))
    op.drop_index("uq_result_lot_id_inputs_hash", table_name="result")
    op.execute(
        "UPDATE result SET inputs_hash = inputs_hash || ' until ' || superseded_at::text WHERE superseded_at IS NOT NULL"
    )
    op.create_unique_constraint(op.f("uq_result_lot_id_inputs_hash"), "result", ["lot_id", "inputs_hash"])
    op.drop_column("result", "superseded_at")
    _in_force("status <> 'refused'")
    op.drop_constraint(op.f("ck_award_decision_set_aside_by_an_act"), "award_decision", type_="check")
    _statuses("award_decision", "decision_status", ("proposed", "refused", "decided"))
    op.drop_column("award_decision", "set_aside_by_id")
    op.drop_column("award_decision", "number")
    op.drop_table("setting_aside")


def _statuses(table: str, name: str, values: tuple[str, ...]) -> None:
    """Say anew which statuses there are."""
    listed = ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, f"status IN ({listed})")


def _in_force(where: str) -> None:
    """Of each lot one award is in force."""
    op.drop_index("uq_award_decision_lot_in_force", table_name="award_decision")
    op.create_index(
        "uq_award_decision_lot_in_force", "award_decision", ["lot_id"], unique=True, postgresql_where=sa.text(where)
    )


def _drawn(seeded: str, in_force: str) -> None:
    """What a draw has in which state, and which one of a lot counts."""
    op.drop_constraint(op.f("ck_draw_seed_matches"), "draw", type_="check")
    op.create_check_constraint(op.f("ck_draw_seed_matches"), "draw", seeded)
    op.drop_index("uq_draw_lot_in_force", table_name="draw")
    op.create_index("uq_draw_lot_in_force", "draw", ["lot_id"], unique=True, postgresql_where=sa.text(in_force))
