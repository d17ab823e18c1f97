"""An opening keeps the columns that every act of two people has."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RENAMED = (
    ("first_opener_id", "proposed_by_id"),
    ("first_at", "proposed_at"),
    ("second_opener_id", "decided_by_id"),
    ("second_at", "decided_at"),
)
TWO_PEOPLE = "decided_by_id IS NULL OR decided_by_id <> proposed_by_id"
NOTE = {"server_default": sa.text("''"), "nullable": False}


def upgrade() -> None:
    """Rename the columns of openings."""
    for before, after in RENAMED:
        op.alter_column("bid_opening", before, new_column_name=after)
    for column in ("first_opener_id", "second_opener_id"):
        after = dict(RENAMED)[column]
        op.execute(f"ALTER TABLE bid_opening RENAME CONSTRAINT fk_bid_opening_{column} TO fk_bid_opening_{after}")
    op.drop_constraint(op.f("ck_bid_opening_two_people"), "bid_opening")
    op.create_check_constraint(op.f("ck_bid_opening_two_people"), "bid_opening", TWO_PEOPLE)
    op.alter_column("bid_opening", "proposed_at", server_default=sa.text("clock_timestamp()"))
    op.add_column("bid_opening", sa.Column("decision_note", sa.Text(), **NOTE))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("bid_opening", "decision_note")
    op.alter_column("bid_opening", "proposed_at", server_default=None)
    op.drop_constraint(op.f("ck_bid_opening_two_people"), "bid_opening")
    for before, after in RENAMED:
        op.alter_column("bid_opening", after, new_column_name=before)
    for column in ("first_opener_id", "second_opener_id"):
        after = dict(RENAMED)[column]
        op.execute(f"ALTER TABLE bid_opening RENAME CONSTRAINT fk_bid_opening_{after} TO fk_bid_opening_{column}")
    op.create_check_constraint(
        op.f("ck_bid_opening_two_people"), "bid_opening", "first_opener_id <> second_opener_id"
    )
