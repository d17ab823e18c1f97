"""Why a young person does not agree with a score is held like their reasons."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

PLACES = "place IN ('score', 'declaration', 'agreed'{})"
CHECK = "ck_held_words_held_place"


def upgrade() -> None:
    """What stands there already stays as it is."""
    op.drop_constraint(op.f(CHECK), "held_words")
    op.create_check_constraint(op.f(CHECK), "held_words", PLACES.format(", 'dissent'"))
    op.add_column("score_consent", sa.Column("held_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_score_consent_held_id"), "score_consent", "held_words", ["held_id"], ["id"])


def downgrade() -> None:
    """Held dissents can be read by whoever reads scores."""
    op.execute("UPDATE score_consent AS said SET dissent = held.words FROM held_words AS held WHERE held.id = said.held_id")
    op.drop_column("score_consent", "held_id")
    op.execute("DELETE FROM held_words WHERE place = 'dissent'")
    op.drop_constraint(op.f(CHECK), "held_words")
    op.create_check_constraint(op.f(CHECK), "held_words", PLACES.format(""))
