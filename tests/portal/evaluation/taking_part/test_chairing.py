"""A young chair confirms each agreed score last, has one voice, and closes the moderation with the facilitator."""

from __future__ import annotations

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.evaluation.consenting import asked_for, consent_to, dissent_from
from portal.evaluation.models import ModeratedScore
from portal.evaluation.queries import agreed_scores
from portal.evaluation.states import PanelWorkStatus
from portal.evaluation.taking_part.chairing import chairing_of, chairs_of, finish_as_chair, name_young_chair
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import (
    LOCAL,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    agree_outside,
    close,
    consent_all,
    moderating_itt,
    scoring_itt,
)
from tests.filling import fill, press, text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def evaluation() -> Evaluation:
    """One bid; three young people, the first of whom chairs; every panel moderates."""
    made = moderating_itt(1, young_people=3)
    name(made, made.scorers(YOUNG)[0])
    return made


def name(evaluation: Evaluation, seat: Seat | None, by: Seat | None = None) -> None:
    """Write down who chairs."""
    by = by or evaluation.moderator(YOUNG)
    name_young_chair(work=by.work, member_id=seat.member.id if seat else None, actor=by.actor, now=clock.now())


def consent(seat: Seat, agreed: ModeratedScore) -> ModeratedScore:
    """Say that the score is right."""
    return consent_to(work=seat.work, agreed_id=agreed.id, actor=seat.actor, now=clock.now())


def first(evaluation: Evaluation) -> ModeratedScore:
    """The young people's first agreed score, which nobody has answered."""
    agree_all(evaluation, YOUNG, consenting=False)
    return next(iter(agreed_scores(evaluation.moderator(YOUNG).work.panel_id).values()))


def test_the_chair_says_yes_last(evaluation: Evaluation) -> None:
    """Before most of the others have, a yes is refused and says for how many it waits; theirs makes it stand (Y-09)."""
    chair, second, third = evaluation.scorers(YOUNG)
    agreed = first(evaluation)
    with pytest.raises(WrongState, match="1 other person of your group"):
        consent(chair, agreed)
    assert consent(second, agreed).stands_at is None
    assert consent(chair, agreed).stands_at is not None
    assert asked_for(third.work, agreed)[0].given == 2


def test_most_of_the_group_is_not_enough_without_the_chair(evaluation: Evaluation) -> None:
    """Two of three have said yes; a no of the chair is kept, and is one voice: the score stands then (Y-09)."""
    chair, second, third = evaluation.scorers(YOUNG)
    agreed = first(evaluation)
    assert [consent(seat, agreed).stands_at for seat in (second, third)] == [None, None]
    dissent_from(work=chair.work, agreed_id=agreed.id, words="I liked it less.", actor=chair.actor, now=clock.now())
    assert agreed.stands_at is not None


def test_outside_their_range_all_of_them_and_the_chair_last(evaluation: Evaluation) -> None:
    """Everybody else first."""
    chair, second, third = evaluation.scorers(YOUNG)
    agreed = agree_outside(evaluation, YOUNG, "our-voice")
    consent(second, agreed)
    with pytest.raises(WrongState, match="1 other person"):
        consent(chair, agreed)
    consent(third, agreed)
    assert consent(chair, agreed).stands_at is not None


def test_the_chair_closes_with_the_facilitator(evaluation: Evaluation) -> None:
    """The facilitator alone is refused; the chair finishes once all stand, and again after a score is agreed anew."""
    chair, second, third = evaluation.scorers(YOUNG)
    agree_all(evaluation, YOUNG, consenting=False)
    with pytest.raises(WrongState, match="still open"):
        finish_as_chair(work=chair.work, actor=chair.actor, now=clock.now())
    consent_all(chair.work)
    with pytest.raises(WrongState, match="young chair closes with you"):
        close(evaluation, YOUNG)
    with pytest.raises(NotAllowed):
        finish_as_chair(work=second.work, actor=second.actor, now=clock.now())
    finish_as_chair(work=chair.work, actor=chair.actor, now=clock.now())
    agree_all(evaluation, YOUNG, lambda _number, _criterion: 4)
    with pytest.raises(WrongState, match="young chair closes with you"):
        close(evaluation, YOUNG)
    finish_as_chair(work=chair.work, actor=chair.actor, now=clock.now())
    close(evaluation, YOUNG)
    assert third.work.status is PanelWorkStatus.CLOSED
    kinds = [event.kind for event in events_of(evaluation.itt.id)]
    assert (kinds.count("young_chair_named"), kinds.count("young_chair_finished")) == (1, 2)


def test_the_group_can_choose_another_chair_and_has_one(evaluation: Evaluation) -> None:
    """While it moderates not nobody, and nobody from outside; who chaired stays on record."""
    chair, second, _ = evaluation.scorers(YOUNG)
    facilitator = evaluation.moderator(YOUNG)
    for other in (None, facilitator, evaluation.moderator(LOCAL)):
        with pytest.raises(InvalidInput) as refused:
            name(evaluation, other)
        assert refused.value.field == "chair"
    with pytest.raises((NotAllowed, NotFound)):
        name(evaluation, second, by=chair)
    name(evaluation, second)
    assert [one.member_id for one in chairs_of(chair.panel.id)] == [chair.member.id, second.member.id]
    agreed = first(evaluation)
    assert consent(chair, agreed).stands_at is None
    assert consent(second, agreed).stands_at is not None


def test_a_chair_who_leaves_holds_up_nobody(evaluation: Evaluation) -> None:
    """Whoever stepped back chairs no longer: the others go on, and can choose somebody else."""
    chair, second, third = evaluation.scorers(YOUNG)
    chair.member.recused_at = clock.now()
    assert chairing_of(chair.panel.id) is None
    agreed = first(evaluation)
    consent(second, agreed)
    assert consent(third, agreed).stands_at is not None
    name(evaluation, third)


def test_before_the_meeting_a_group_can_have_no_chair_again() -> None:
    """The facilitator writes down what the group decides."""
    evaluation = scoring_itt(1)
    name(evaluation, evaluation.scorers(YOUNG)[0])
    name(evaluation, None)
    assert chairing_of(evaluation.moderator(YOUNG).panel.id) is None


def test_a_chair_over_http(client: CheckedClient) -> None:
    """Named on a page of the facilitator's; the chair's own page says when it is their turn, and finishes."""
    evaluation = moderating_itt(1, young_people=2)
    chair, other = evaluation.scorers(YOUNG)
    agree_all(evaluation, YOUNG, consenting=False)
    sign_in(client, evaluation.moderator(YOUNG).user)
    address = f"/panel/{chair.panel.id}/cards/chair"
    assert address in client.get(f"/panel/{chair.panel.id}/cards").text
    assert fill(client, address, {"chair": str(chair.member.id)}).location == f"/panel/{chair.panel.id}/cards"
    assert f"{chair.member.alias} (chair)" in text_of(client.get(f"/panel/{chair.panel.id}/cards"))
    agreed = list(agreed_scores(chair.panel.id).values())
    sign_in(client, chair.user)
    page = text_of(client.get("/panel/sitting/agreed"))
    assert "You are the chair, so you say yes last." in page
    assert "1 other person has to say yes first." in page
    assert "We have finished" not in page
    for score in agreed:
        consent(other, score)
    for score in agreed:
        page = f"/panel/sitting/agreed/{score.id}"
        assert press(client, page, page, {"verdict": "consent"}).status_code == 302
    done = press(client, "/panel/sitting/agreed", "/panel/sitting/finish")
    assert done.location == "/panel/sitting/agreed"
    assert "You said that your group has finished." in text_of(client.get("/panel/sitting/agreed"))
    close(evaluation, YOUNG)
