"""Who was there, who came round, why not one step higher or lower: data beside each agreed score, all of it kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.evaluation.consenting import asked_for, dissent_from
from portal.evaluation.models import Score
from portal.evaluation.moderation import agree_score, change_attendance, close_moderation, start_moderation
from portal.evaluation.moderation_models import Movement
from portal.evaluation.moderation_queries import attendance_of, movements_of, present_members
from portal.evaluation.moving import note_movement
from portal.extensions import db
from tests.factories.evaluation import (
    AGREED_REASON,
    LOCAL,
    MEETING,
    NOT_HIGHER,
    NOT_LOWER,
    WHY_NOT,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    close,
    moderating_itt,
    recuse,
    score_all,
    scoring_itt,
    sit_down,
    start,
)

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def evaluation() -> Evaluation:
    """Two bids, of which everybody gave the second 4; every panel moderates."""
    return moderating_itt(2)


def agree(evaluation: Evaluation, key: str = LOCAL, **changes: str) -> object:
    """Agree 4 for the second bid."""
    seat, leaf = evaluation.moderator(key), {LOCAL: "safeguarding", YOUNG: "our-voice"}[key]
    given = {"score": "4", "reason": AGREED_REASON, **WHY_NOT} | changes
    bid_id = evaluation.bids()[1].bid_id
    return agree_score(work=seat.work, bid_id=bid_id, criterion=leaf, actor=seat.actor, now=clock.now(), **given)


def come_round(
    evaluation: Evaluation, who: Seat, by: Seat, moved_to: str = "3", why: str = "I had missed it."
) -> Movement:
    """Write down that somebody came round about the second bid."""
    return note_movement(
        work=who.work,
        bid_id=evaluation.bids()[1].bid_id,
        criterion="safeguarding",
        member_id=who.member.id,
        moved_to=moved_to,
        why=why,
        actor=by.actor,
        now=clock.now(),
    )


@pytest.mark.parametrize("missing", ["not_higher", "not_lower"])
def test_adults_say_why_not_one_step_higher_or_lower(evaluation: Evaluation, missing: str) -> None:
    """Where the scale has the step, and beside the field; young people need not."""
    with pytest.raises(InvalidInput) as refused:
        agree(evaluation, **{missing: "no"})
    assert refused.value.field == missing
    agreed = agree(evaluation)
    assert (agreed.not_higher, agreed.not_lower) == (NOT_HIGHER, NOT_LOWER)  # type: ignore[attr-defined]
    agree(evaluation, YOUNG, not_higher="", not_lower="")


def test_the_ends_of_the_scale_need_one_of_the_two(evaluation: Evaluation) -> None:
    """Above the highest and below the lowest there is nothing to explain."""
    highest = agree(evaluation, score="5", not_higher="")
    lowest = agree(evaluation, score="0", not_lower="")
    assert [(one.not_higher, one.not_lower) for one in (highest, lowest)] == [("", NOT_LOWER), (NOT_HIGHER, "")]  # type: ignore[attr-defined]


def test_who_is_there_is_asked_at_the_start_and_changes() -> None:
    """Whoever leads is there in any case; whoever left is on record with when they came and left."""
    evaluation = scoring_itt(1, professionals=3)
    for seat in evaluation.scorers(LOCAL):
        score_all(evaluation, seat)
    chair, second, third = evaluation.seats[LOCAL]
    start_moderation(work=chair.work, present={second.member.id}, actor=chair.actor, now=clock.now())
    assert {member.id for member in present_members(chair.work)} == {chair.member.id, second.member.id}
    later = clock.now() + timedelta(minutes=5)
    change_attendance(work=chair.work, present={third.member.id}, actor=chair.actor, now=later)
    rows = {row.panel_member_id: row for row in attendance_of(chair.panel.id)}
    assert (rows[second.member.id].left_at, rows[third.member.id].came_at) == (later, later)
    assert [event.data["present"] for event in events_of(evaluation.itt.id) if event.kind == "attendance_changed"] == [
        sorted([str(chair.member.id), str(third.member.id)])
    ]
    stranger = evaluation.scorers(YOUNG)[0]
    with pytest.raises(InvalidInput):
        change_attendance(work=chair.work, present={stranger.member.id}, actor=chair.actor, now=later)
    with pytest.raises(NotAllowed):
        change_attendance(work=chair.work, present=set(), actor=second.actor, now=later)


def test_a_score_asks_those_who_are_there(evaluation: Evaluation) -> None:
    """Of three young people two have sat down: two make it, and whoever answers takes part."""
    evaluation = scoring_itt(2, young_people=3)
    facilitator, (first, second, third) = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)
    for seat in (first, second, third):
        score_all(evaluation, seat)
    start_moderation(work=facilitator.work, actor=facilitator.actor, now=clock.now())
    for seat in (first, second):
        sit_down(seat)
    agreed = agree(evaluation, YOUNG)
    [asked] = asked_for(first.work, agreed)  # type: ignore[arg-type]
    assert (asked.needed.least, len(asked.needed.of)) == (2, 2)
    dissent_from(work=third.work, agreed_id=agreed.id, words="Not for me.", actor=third.actor, now=clock.now())  # type: ignore[attr-defined]
    assert len(present_members(first.work)) == 3


def test_who_came_round_says_from_what_to_what_and_why(evaluation: Evaluation) -> None:
    """The member or the chair writes it; written anew it is kept; the member's own score stays (P-07)."""
    chair, member = evaluation.seats[LOCAL]
    before = [(score.score, score.reason) for score in db.session.scalars(select(Score).order_by(Score.saved_at))]
    come_round(evaluation, member, by=member)
    newer = come_round(evaluation, member, by=chair, moved_to="5")
    kept = movements_of(chair.panel.id, evaluation.bids()[1].bid_id)[newer.criterion_id]
    assert [(int(one.moved_from), int(one.moved_to), one.superseded_at is None) for one in kept] == [
        (4, 3, False),
        (4, 5, True),
    ]
    after = [(score.score, score.reason) for score in db.session.scalars(select(Score).order_by(Score.saved_at))]
    assert after == before
    assert "missed" not in str([event.data for event in events_of(evaluation.itt.id) if event.kind == "score_moved"])


def test_nobody_writes_for_another(evaluation: Evaluation) -> None:
    """A member writes of themselves alone; of another panel's members nobody; the same score is no movement."""
    chair, member = evaluation.seats[LOCAL]
    with pytest.raises(NotAllowed):
        come_round(evaluation, chair, by=member)
    with pytest.raises((NotAllowed, NotFound)):
        come_round(evaluation, member, by=evaluation.moderator("parents"))
    for changes, field in (({"moved_to": "4"}, "moved_to"), ({"moved_to": "9"}, "moved_to"), ({"why": " "}, "why")):
        with pytest.raises(InvalidInput) as refused:
            come_round(evaluation, member, by=member, **changes)
        assert refused.value.field == field


def test_closing_names_the_days_and_digests_what_was_said(evaluation: Evaluation) -> None:
    """Days that are no days are refused beside their fields; what was said is in the ledger's entry by a digest."""
    chair = evaluation.moderator(LOCAL)
    agree_all(evaluation, LOCAL)
    today = clock.today()
    day = timedelta(days=1)
    for first, last, field in (
        (None, None, "met_first"),
        (today + day, None, "met_first"),
        (today, today - day, "met_last"),
    ):
        with pytest.raises(InvalidInput) as refused:
            close_moderation(
                work=chair.work,
                meeting_record=MEETING,
                met_first_date=first,
                met_last_date=last,
                actor=chair.actor,
                now=clock.now(),
            )
        assert refused.value.field == field
    close(evaluation, LOCAL)
    [closed] = [event.data for event in events_of(evaluation.itt.id) if event.kind == "moderation_closed"]
    assert (len(closed["agreed_sha256"]), len(closed["said_sha256"])) == (64, 64)
    assert chair.work.met_first_date == today
    assert [row for row in attendance_of(chair.panel.id) if row.left_at is None] == []


def test_nobody_agrees_alone(evaluation: Evaluation) -> None:
    """A panel of which one is left neither starts nor closes, and says who has to do what."""
    chair, member = evaluation.seats[LOCAL]
    recuse(member, evaluation.bids()[0])
    agree_all(evaluation, LOCAL)
    with pytest.raises(WrongState, match="They can join now, and need not have scored"):
        close(evaluation, LOCAL)
    other = scoring_itt(1)
    chair, member = other.seats[LOCAL]
    score_all(other, chair)
    recuse(member, other.bids()[0])
    with pytest.raises(WrongState, match="at the least: 1 member of this one can score"):
        start(other, LOCAL)
