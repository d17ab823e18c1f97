"""Moderation: agreed scores on the scale, each with a reason; nothing averaged, nothing overwritten."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.models import UserSession
from portal.accounts.sessions import start_session
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.evaluation.models import ModeratedScore, Score
from portal.evaluation.moderation import agree_score, close_moderation, open_panels, start_moderation
from portal.evaluation.queries import agreed_history, agreed_scores
from portal.evaluation.states import PanelWorkStatus
from portal.extensions import db
from portal.tendering.states import IttStatus
from tests.factories.evaluation import (
    AGREED_REASON,
    KEYS,
    LOCAL,
    MEETING,
    NOT_HIGHER,
    NOT_LOWER,
    OUTSIDE,
    WHY_NOT,
    YOUNG,
    Evaluation,
    agree_all,
    close,
    moderating_itt,
    recuse,
    score_all,
    scoring_itt,
    start,
)
from tests.filling import fields_of


@pytest.fixture
def evaluation(db_session: object) -> Evaluation:
    """One bid, every panel moderating."""
    return moderating_itt(1)


def agree(evaluation: Evaluation, **changes: object) -> ModeratedScore:
    """Agree 5, which everybody gave, for the first bid's safeguarding, as the chair of the local panel."""
    seat = evaluation.moderator(LOCAL)
    return agree_score(
        **{  # type: ignore[arg-type]
            "work": seat.work,
            "bid_id": evaluation.bids()[0].bid_id,
            "criterion": "safeguarding",
            "score": "5",
            "reason": AGREED_REASON,
            "not_higher": NOT_HIGHER,
            "not_lower": NOT_LOWER,
            "actor": seat.actor,
            "now": clock.now(),
        }
        | changes
    )


@pytest.mark.usefixtures("db_session")
def test_moderation_waits_for_everybody() -> None:
    """While a member has not submitted it is refused by name; recusal takes the member out of the waiting."""
    evaluation = scoring_itt(1, professionals=3)
    chair, member, other = evaluation.seats[LOCAL]
    score_all(evaluation, chair)
    score_all(evaluation, other)
    with pytest.raises(WrongState, match=f"Waiting for: {member.member.alias}"):
        start(evaluation, LOCAL)
    recuse(member, evaluation.bids()[0])
    start(evaluation, LOCAL)
    assert chair.work.status is PanelWorkStatus.MODERATING
    with pytest.raises(NotAllowed):
        start_moderation(work=member.work, actor=evaluation.commissioner, now=clock.now())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": "3.33"}, "score"),
        ({"score": "6"}, "score"),
        ({"score": ""}, "score"),
        ({"reason": "Good answer."}, "reason"),
        ({"reason": " " * 30}, "reason"),
        ({"reason": "\u200b" * 30}, "reason"),
        ({"reason": "\u2800" * 30}, "reason"),
        ({"reason": "." * 30}, "reason"),
        ({"reason": "a" * 25}, "reason"),
        ({"reason": "The bid says so. " * 300}, "reason"),
        (
            {
                "reason": "THE ANSWER covers everything asked for in detail -"
                " with evidence that it works and few doubts left!"
            },
            "reason",
        ),
    ],
)
def test_an_agreed_score_is_on_the_scale_and_has_a_reason_of_its_own(
    evaluation: Evaluation, changes: dict[str, object], field: str
) -> None:
    """No average between two points, no reason that nobody can see, none that is the descriptor (P-06)."""
    with pytest.raises(InvalidInput) as refused:
        agree(evaluation, **changes)
    assert refused.value.field == field
    assert agreed_scores(evaluation.moderator(LOCAL).panel.id) == {}


def test_a_change_supersedes_and_the_individual_scores_stay(evaluation: Evaluation) -> None:
    """The first agreed score is kept as history; no individual score or reason moves (P-07)."""
    before = {(s.scorecard_id, s.criterion_id): (s.score, s.reason) for s in db.session.scalars(select(Score))}
    first = agree(evaluation)
    second = agree(evaluation, score="3", reason="On reflection the policy is two years old.", outside_reason=OUTSIDE)
    panel_id, bid_id = evaluation.moderator(LOCAL).panel.id, evaluation.bids()[0].bid_id
    assert [score.id for score in agreed_scores(panel_id).values()] == [second.id]
    history = agreed_history(panel_id, bid_id)[first.criterion_id]
    assert [(score.id, score.score, score.reason) for score in history] == [(first.id, Decimal(5), AGREED_REASON)]
    after = {(s.scorecard_id, s.criterion_id): (s.score, s.reason) for s in db.session.scalars(select(Score))}
    assert after == before
    events = [event.data for event in events_of(evaluation.itt.id) if event.kind == "score_agreed"]
    assert [(data["before"], data["score"]) for data in events] == [(None, "5"), ("5", "3")]


def test_the_same_again_is_nothing(evaluation: Evaluation) -> None:
    """Agreeing the very same adds no row (P-08)."""
    first = agree(evaluation)
    assert agree(evaluation).id == first.id
    assert [score.score for score in db.session.scalars(select(ModeratedScore))] == [Decimal(5)]


def test_only_who_moderates_agrees_and_only_on_the_panels_questions(evaluation: Evaluation) -> None:
    """A member may not, another panel's chair finds nothing, another panel's question does not exist here."""
    member, other = evaluation.seats[LOCAL][1], evaluation.moderator("parents")
    with pytest.raises(NotAllowed):
        agree(evaluation, actor=member.actor)
    with pytest.raises(NotFound):
        agree(evaluation, actor=other.actor)
    with pytest.raises(NotFound):
        agree(evaluation, criterion="our-voice")
    young = evaluation.scorers(YOUNG)[0]
    with pytest.raises(NotAllowed):
        agree(evaluation, work=young.work, actor=young.actor, criterion="our-voice")


def test_the_facilitator_writes_down_what_the_young_people_agree(evaluation: Evaluation) -> None:
    """The agreed score is recorded in the young people's words by who supports them and never scored."""
    seat = evaluation.moderator(YOUNG)
    agreed = agree(
        evaluation,
        work=seat.work,
        actor=seat.actor,
        criterion="our-voice",
        reason="They really listen, and they wrote back.",
    )
    assert (agreed.agreed_by_id, agreed.reason) == (seat.user.id, "They really listen, and they wrote back.")


def test_closing_needs_every_cell_and_the_record_of_the_meeting(evaluation: Evaluation) -> None:
    """Open cells are counted and named; without a record nothing closes."""
    seat = evaluation.moderator(LOCAL)
    agree(evaluation)
    with pytest.raises(WrongState, match=r"2 scores are not agreed yet, .* the first for Provider 1"):
        close(evaluation, LOCAL)
    agree_all(evaluation, LOCAL)
    with pytest.raises(InvalidInput) as refused:
        close_moderation(
            work=seat.work, meeting_record="We met.", met_first_date=clock.today(), actor=seat.actor, now=clock.now()
        )
    assert refused.value.field == "meeting_record"
    close(evaluation, LOCAL)
    assert (seat.work.status, seat.work.meeting_record) == (PanelWorkStatus.CLOSED, MEETING)
    with pytest.raises(WrongState):
        agree(evaluation, score="1", reason="Too late to change anything now.")


def test_the_itt_is_moderated_when_its_last_panel_closes(evaluation: Evaluation) -> None:
    """Until then it stays opened; the event of the last panel says so, and holds no reason and no name."""
    for key in KEYS:
        agree_all(evaluation, key)
    for key in KEYS:
        assert evaluation.itt.status is IttStatus.OPENED
        close(evaluation, key)
        db.session.refresh(evaluation.itt)
    assert evaluation.itt.status is IttStatus.MODERATED
    assert open_panels(evaluation.itt) == []
    closed = [event.data for event in events_of(evaluation.itt.id) if event.kind == "moderation_closed"]
    assert [data["last"] for data in closed] == [False, False, True]
    assert MEETING not in str(closed)


def test_two_people_who_agree_the_same_cell_at_once_lose_nothing(fresh_app: Flask) -> None:
    """One of them gets the cell, the others are shown what is agreed, and none of them overwrites it unseen (P-08)."""
    with fresh_app.app_context():
        evaluation = moderating_itt(1)
        seat, bid_id = evaluation.moderator(LOCAL), evaluation.bids()[0].bid_id
        address = f"/panel/{seat.panel.id}/moderate/{bid_id}/safeguarding"
        tokens = [start_session(user_id=seat.user.id, now=clock.now()) for _ in range(4)]
        db.session.flush()
        db.session.execute(update(UserSession).values(factor_at=clock.now()))
        db.session.commit()
    clients = [fresh_app.test_client() for _ in tokens]
    for client, token in zip(clients, tokens, strict=True):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
    with fresh_app.app_context():
        forms = [fields_of(client.get(address)) for client in clients]
    together = threading.Barrier(4)
    answers: list[int] = []

    def act(number: int) -> None:
        together.wait()
        typed = {"score": str(number + 1), "reason": AGREED_REASON, **WHY_NOT}
        with fresh_app.app_context():
            answers.append(clients[number].post(address, data=forms[number] | typed).status_code)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409, 409, 409]
    with fresh_app.app_context():
        assert len(db.session.scalars(select(ModeratedScore)).all()) == 1
