"""A young person who writes, for the tests of what is held."""

from __future__ import annotations

from portal.core import clock
from portal.evaluation.models import HeldWords, Score
from portal.evaluation.safeguarding.queries import held_on_panel
from portal.evaluation.scoring import save_score
from portal.extensions import db
from tests.factories.evaluation import YOUNG, Evaluation, Seat

ORDINARY = "The workers listen, and they keep you safe."
NAMING = "I know Zebedee from there, he is kind."
HARM = "It is good. My stepdad hits me."
CRITERION = "our-voice"


def write(evaluation: Evaluation, words: str, seat: Seat | None = None, score: str = "3") -> Score:
    """Save what a young person writes about the first bid, as their page does, and return what is stored."""
    seat = seat or evaluation.scorers(YOUNG)[0]
    card = save_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=CRITERION,
        score=score,
        reason=words,
        actor=seat.actor,
        now=clock.now(),
    )
    db.session.expire_all()
    return next(score for score in card.scores if score.criterion.key == CRITERION)


def held(evaluation: Evaluation) -> list[HeldWords]:
    """Everything that was held on the panel, the oldest first."""
    db.session.expire_all()
    return list(held_on_panel(evaluation.moderator(YOUNG).panel.id))
