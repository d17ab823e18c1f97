"""Individual scores: the member's own until they are submitted, nobody's to change afterwards."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, PortalError, WrongState
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import Score, Scorecard
from portal.evaluation.queries import scorecards_of
from portal.evaluation.scoring import save_score, save_scores, submit_scorecards
from portal.extensions import db
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, Seat, score_all, scoring_itt

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def evaluation() -> Evaluation:
    """Two bids, open for scoring."""
    return scoring_itt(2)


def give(evaluation: Evaluation, seat: Seat, criterion: str, score: str, reason: str = "Because.") -> Scorecard:
    """Save one score of the first bid."""
    return save_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=criterion,
        score=score,
        reason=reason,
        actor=seat.actor,
        now=clock.now(),
    )


def given(seat: Seat) -> dict[str, tuple[Decimal, str]]:
    """What the member has saved, by criterion."""
    db.session.expire_all()
    return {s.criterion.key: (s.score, s.reason) for c in scorecards_of(seat.member.id).values() for s in c.scores}


def test_scores_are_saved_one_by_one_and_replaced(evaluation: Evaluation) -> None:
    """A later score of the same question replaces the earlier one; the others stay."""
    seat = evaluation.seats[LOCAL][1]
    give(evaluation, seat, "safeguarding", "3", "")
    give(evaluation, seat, "outcomes", "4")
    give(evaluation, seat, "safeguarding", "5", " Clear. ")
    assert given(seat) == {"safeguarding": (Decimal(5), "Clear."), "outcomes": (Decimal(4), "Because.")}


@pytest.mark.parametrize("typed", ["6", "-1", "3.5", "abc", "NaN", "Infinity", "1e400"])
def test_a_score_off_the_published_scale_is_refused(evaluation: Evaluation, typed: str) -> None:
    """Whatever was typed, only the published points exist; the message stands beside the question."""
    with pytest.raises(InvalidInput) as refused:
        give(evaluation, evaluation.seats[LOCAL][1], "safeguarding", typed)
    assert refused.value.field == "score-safeguarding"
    assert "0 to 5 in steps of 1" in refused.value.message


def test_a_reason_needs_a_score_to_be_kept_with(evaluation: Evaluation) -> None:
    """A reason alone is refused rather than lost; an empty entry is left out."""
    seat = evaluation.seats[LOCAL][1]
    with pytest.raises(InvalidInput, match="Choose a score"):
        give(evaluation, seat, "safeguarding", "", "Good staff.")
    give(evaluation, seat, "safeguarding", "", " ")
    assert given(seat) == {}


def test_a_panel_scores_its_own_questions_alone(evaluation: Evaluation) -> None:
    """Another panel's question is left out, another ITT's bid is not found."""
    seat = evaluation.seats[LOCAL][1]
    give(evaluation, seat, "our-voice", "5")
    assert given(seat) == {}
    other = scoring_itt(1)
    with pytest.raises(NotFound):
        save_scores(work=seat.work, bid_id=other.bids()[0].bid_id, entries={}, actor=seat.actor, now=clock.now())


def test_nobody_scores_before_declaring_and_a_facilitator_never() -> None:
    """Until the member has declared about each bidder scoring is refused (P-01); facilitators cannot (Y-04)."""
    evaluation = scoring_itt(1, declared=False)
    with pytest.raises(NotAllowed) as refused:
        give(evaluation, evaluation.seats[LOCAL][1], "safeguarding", "3")
    assert refused.value.code == "not_declared"
    ready = scoring_itt(1)
    with pytest.raises(NotAllowed):
        give(ready, ready.moderator(YOUNG), "our-voice", "5")
    assert db.session.scalars(select(Score)).all() == []


def test_submitting_needs_every_score_with_a_reason(evaluation: Evaluation) -> None:
    """What is missing is named by bid; nothing is half submitted."""
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat, submit=False)
    give(evaluation, seat, "safeguarding", "3", "")
    with pytest.raises(InvalidInput) as refused:
        submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now())
    assert refused.value.field == f"bid-{evaluation.bids()[0].bid_id}"
    assert {card.submitted_at for card in scorecards_of(seat.member.id).values()} == {None}


def test_submitted_scores_are_nobodys_to_change(evaluation: Evaluation) -> None:
    """Saving again is refused, and the database refuses whoever writes past the portal (P-05)."""
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat)
    with pytest.raises(WrongState):
        give(evaluation, seat, "safeguarding", "1")
    for statement in (
        "UPDATE score SET score = 0",
        "DELETE FROM score",
        "UPDATE scorecard SET status = 'draft'",
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert {score for score, _ in given(seat).values()} <= {Decimal(5), Decimal(4)}


def test_submitting_is_recorded_once_for_each_bid_with_a_digest(evaluation: Evaluation) -> None:
    """The events hold identifiers and a digest, no score and no reason; a second click adds none."""
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat)
    submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now())
    events = [event for event in events_of(evaluation.itt.id) if event.kind == "scorecard_submitted"]
    assert len(events) == 2
    assert {frozenset(event.data) for event in events} == {
        frozenset({"panel", "bid", "member", "place", "scores_sha256"})
    }
    assert {len(event.data["scores_sha256"]) for event in events} == {64}


def test_nobody_scores_in_somebody_elses_name(evaluation: Evaluation) -> None:
    """The scorecard is always the actor's own; a person without a seat finds nothing."""
    first, second = evaluation.seats[LOCAL]
    give(evaluation, first, "safeguarding", "1")
    assert given(second) == {}
    stranger = scoring_itt(1).seats[LOCAL][0]
    with pytest.raises(PortalError):
        save_score(
            work=first.work,
            bid_id=uuid.uuid4(),
            criterion="safeguarding",
            score="1",
            reason="x",
            actor=stranger.actor,
            now=clock.now(),
        )


@pytest.mark.parametrize(
    "reason",
    [
        "ok",
        "xxxxxxxxxxxxxxxxxxxxxxxxx",
        "\u200b" * 30,
        "The scale’s own words",
    ],
)
def test_a_weak_reason_of_an_adult_is_told_before_submitting(db_session: object, reason: str) -> None:
    """Nonsense, one character repeated, nothing that is seen and the scale's own words, beside the bid (P-06)."""
    evaluation = scoring_itt(1)
    seat, bid = evaluation.seats[LOCAL][1], evaluation.bids()[0]
    score_all(evaluation, seat, submit=False)
    leaf = leaves_for(seat.work, bid)[0]
    if "own words" in reason:
        reason = leaf.scale.bands[-1].descriptor
    save_score(
        work=seat.work,
        bid_id=bid.bid_id,
        criterion=leaf.key,
        score="3",
        reason=reason,
        actor=seat.actor,
        now=clock.now(),
    )
    with pytest.raises(InvalidInput) as refused:
        submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now(), same_words=True)
    assert refused.value.field == f"bid-{bid.bid_id}"


def test_a_copied_reason_is_told_and_confirmed(db_session: object) -> None:
    """One sentence in every cell is submitted once its member says that it is meant; a young person is never asked."""
    evaluation = scoring_itt(2)
    seat, young = evaluation.seats[LOCAL][1], evaluation.scorers(YOUNG)[0]
    for somebody in (seat, young):
        score_all(evaluation, somebody, submit=False)
    with pytest.raises(InvalidInput, match="The same reason stands in 6 places") as refused:
        submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now())
    assert refused.value.field == "same_words"
    assert len(submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now(), same_words=True)) == 2
    assert len(submit_scorecards(work=young.work, actor=young.actor, now=clock.now())) == 2
