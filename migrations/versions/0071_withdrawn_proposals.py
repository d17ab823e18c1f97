"""A proposed change, or a proposal to end, can be taken back before its second person has decided: by one person."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

STATES = {"addendum": "'proposed', {}'published', 'refused'", "ending": "'proposed', {}'refused', 'decided'"}
TWO_PEOPLE = "decided_by_id IS NULL OR decided_by_id <> proposed_by_id"
ENDINGS = "uq_ending_in_force"


def _two_people(table: str, check: str, unless: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_two_people"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_two_people"), table, check)
    op.execute(f"DROP TRIGGER two_people ON {table}")
    op.execute(
        f"CREATE TRIGGER two_people BEFORE INSERT OR UPDATE OF decided_by_id ON {table} FOR EACH ROW "
        f"WHEN (NEW.decided_by_id IS NOT NULL AND NEW.proposed_by_id IS NOT NULL{unless}) "
        "EXECUTE FUNCTION require_two_people('proposed_by_id', 'proposed_at', 'decided_by_id', 'decided_at')"
    )


def _allow(new: str) -> None:
    for table, states in STATES.items():
        op.drop_constraint(op.f(f"ck_{table}_{table}_status"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{table}_status"), table, f"status IN ({states.format(new)})")


def _endings_in_force(history: str) -> None:
    op.drop_index(ENDINGS, "ending")
    op.create_index(
        ENDINGS, "ending", [sa.text("coalesce(lot_id, itt_id)")], unique=True, postgresql_where=sa.text(history)
    )


def upgrade() -> None:
    """Nothing has been taken back yet."""
    _allow("'withdrawn', ")
    for table in STATES:
        _two_people(table, f"status = 'withdrawn' OR {TWO_PEOPLE}", " AND NEW.status <> 'withdrawn'")
    _endings_in_force("status NOT IN ('refused', 'withdrawn')")


def downgrade() -> None:
    """Forget the state. What its own proposer took back cannot be anybody's refusal, so there must be none."""
    for table in STATES:
        taken_back = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table} WHERE status = 'withdrawn'"))
        if taken_back:
            raise RuntimeError(f"{taken_back} rows of {table} were taken back; there is no going back from here")
        _two_people(table, TWO_PEOPLE, "")
    _endings_in_force("status <> 'refused'")
    _allow("")
