"""An award can go to several bidders, each with a place; a contract and a withdrawal are about one of them."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    """Whoever won an award so far has its first place."""
    op.create_table(
        "award_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("unverified_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 20", name=op.f("ck_award_place_place_there_is")),
        sa.CheckConstraint("status IN ('awarded', 'withdrawn')", name=op.f("ck_award_place_place_status")),
        sa.ForeignKeyConstraint(["decision_id"], ["award_decision.id"], name=op.f("fk_award_place_decision_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_award_place_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_place")),
        sa.UniqueConstraint("decision_id", "place", name="uq_award_place_decision_id_place"),
        sa.UniqueConstraint("decision_id", "bid_id", name="uq_award_place_decision_id_bid_id"),
    )
    op.create_index(op.f("ix_award_place_bid_id"), "award_place", ["bid_id"])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON award_place TO {role}")
    op.execute(
        "INSERT INTO award_place (id, decision_id, bid_id, place, status, unverified_reason) "
        "SELECT gen_random_uuid(), d.id, d.winning_bid_id, 1, CASE WHEN EXISTS ("
        "SELECT 1 FROM setting_aside s WHERE s.decision_id = d.id AND s.status = 'decided') "
        "THEN 'withdrawn' ELSE 'awarded' END, d.unverified_reason FROM award_decision d"
    )
    _move("setting_aside", "decision_id", "place_id", "award_place", "p.decision_id = t.decision_id", "p.id")
    _withdrawal_has("place_id")
    _move("contract", "decision_id", "place_id", "award_place", "p.decision_id = t.decision_id", "p.id")
    op.alter_column("contract", "place_id", nullable=False)
    op.create_unique_constraint(op.f("uq_contract_place_id"), "contract", ["place_id"])
    op.drop_constraint(op.f("uq_contract_lot_id"), "contract", type_="unique")
    op.create_index(op.f("ix_contract_lot_id"), "contract", ["lot_id"])
    op.drop_column("award_decision", "winning_bid_id")
    op.drop_column("award_decision", "unverified_reason")
    _in_force("lot_id", "number")
    _write_summaries_anew(_with_winners)


def downgrade() -> None:
    """The release before knows one winner of a lot, so there must be none with more."""
    bind = op.get_bind()
    if several := bind.scalar(sa.text("SELECT count(*) FROM award_place WHERE place > 1")):
        raise RuntimeError(f"{several} bidders were awarded a lot beside another, which the release before never has.")
    _write_summaries_anew(_with_one_winner)
    _in_force("lot_id")
    op.add_column("award_decision", sa.Column("unverified_reason", sa.Text(), server_default=EMPTY, nullable=False))
    op.add_column("award_decision", sa.Column("winning_bid_id", sa.Uuid()))
    op.execute(
        "UPDATE award_decision d SET winning_bid_id = p.bid_id, unverified_reason = p.unverified_reason "
        "FROM award_place p WHERE p.decision_id = d.id"
    )
    op.alter_column("award_decision", "winning_bid_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_award_decision_winning_bid_id"), "award_decision", "bid", ["winning_bid_id"], ["id"]
    )
    op.drop_index(op.f("ix_contract_lot_id"), table_name="contract")
    op.create_unique_constraint(op.f("uq_contract_lot_id"), "contract", ["lot_id"])
    _move("contract", "place_id", "decision_id", "award_decision", "p.id = t.place_id", "p.decision_id")
    op.alter_column("contract", "decision_id", nullable=False)
    op.create_unique_constraint(op.f("uq_contract_decision_id"), "contract", ["decision_id"])
    _move("setting_aside", "place_id", "decision_id", "award_decision", "p.id = t.place_id", "p.decision_id")
    _withdrawal_has("decision_id")
    op.drop_table("award_place")


def _move(table: str, old: str, new: str, target: str, matching: str, value: str) -> None:
    """Let a column take the place of another that says the same of an award by other means."""
    op.add_column(table, sa.Column(new, sa.Uuid()))
    op.execute(f"UPDATE {table} t SET {new} = {value} FROM award_place p WHERE {matching}")
    op.create_foreign_key(op.f(f"fk_{table}_{new}"), table, target, [new], ["id"])
    op.drop_column(table, old)


def _withdrawal_has(column: str) -> None:
    op.create_check_constraint(
        op.f("ck_setting_aside_withdrawal_of_a_winner"),
        "setting_aside",
        f"(kind = 'withdrawal') = ({column} IS NOT NULL)",
    )


def _in_force(*columns: str) -> None:
    """Of each of these one award is in force."""
    op.drop_index("uq_award_decision_lot_in_force", table_name="award_decision")
    op.create_index(
        "uq_award_decision_lot_in_force",
        "award_decision",
        [*columns],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'decided')"),
    )


def _write_summaries_anew(written: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """What bidders were told stays what it was; it is written down in another shape."""
    bind = op.get_bind()
    change = sa.text("UPDATE assessment_summary SET document = CAST(:document AS jsonb) WHERE id = :id")
    for row in bind.execute(sa.text("SELECT id, document FROM assessment_summary ORDER BY id")).all():
        bind.execute(change, {"id": row.id, "document": json.dumps(written(dict(row.document)))})


def _with_winners(document: dict[str, Any]) -> dict[str, Any]:
    winner, standing = document.pop("winner"), document.pop("winning") or {}
    document["winners"] = [{"place": 1, **winner, **standing}]
    document["place"] = 1 if document["is_winner"] else None
    for criterion in document["criteria"]:
        criterion["winning_marks"] = [criterion["winning_marks"]]
        for panel in criterion["panels"]:
            panel["winning"] = [panel["winning"]]
    return document


def _with_one_winner(document: dict[str, Any]) -> dict[str, Any]:
    (winner,) = document.pop("winners")
    document.pop("place")
    winner.pop("place")
    standing = {key: winner.pop(key) for key in ("rank", "total") if key in winner}
    document["winner"], document["winning"] = winner, standing or None
    for criterion in document["criteria"]:
        (criterion["winning_marks"],) = criterion["winning_marks"]
        for panel in criterion["panels"]:
            (panel["winning"],) = panel["winning"]
    return document
