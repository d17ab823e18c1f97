"""An agreed score stands once the consents that its rule asks for are there, and counts only then."""

from __future__ import annotations

import uuid

import pytest

from portal.accounts.sessions import actor_for
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.consenting import answers_to, asked_for, consent_to, consents_needed, dissent_from
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork
from portal.evaluation.moderation import agree_score, change_attendance, open_cells, start_moderation
from portal.evaluation.moderation_queries import present_members
from portal.evaluation.queries import counting_members
from portal.evaluation.scoring_input import case_for
from portal.extensions import db
from portal.tendering.models import Panel
from portal.tendering.states import PanelKind
from tests.factories.evaluation import (
    AGREED_REASON,
    LOCAL,
    NOT_HIGHER,
    NOT_LOWER,
    OUTSIDE,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    close,
    moderating_itt,
    score_all,
    scoring_itt,
    sit_down,
)

KEY = {LOCAL: "safeguarding", YOUNG: "our-voice"}


@pytest.fixture
def evaluation(db_session: object) -> Evaluation:
    """One bid, to which everybody gave 5; three young people; every panel moderates."""
    return moderating_itt(1, young_people=3)


def agree(evaluation: Evaluation, key: str, score: str = "5", outside_reason: str = "") -> ModeratedScore:
    """What the panel agrees about its first question."""
    seat = evaluation.moderator(key)
    return agree_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=KEY[key],
        score=score,
        reason=AGREED_REASON,
        outside_reason=outside_reason,
        not_higher=NOT_HIGHER,
        not_lower=NOT_LOWER,
        actor=seat.actor,
        now=clock.now(),
    )


def consent(seat: Seat, agreed: ModeratedScore) -> ModeratedScore:
    """Consent as whoever sits there."""
    return consent_to(work=seat.work, agreed_id=agreed.id, actor=seat.actor, now=clock.now())


def test_inside_the_range_an_adults_score_stands_when_it_is_written(evaluation: Evaluation) -> None:
    """Nobody is asked beside the chair."""
    assert agree(evaluation, LOCAL).stands_at is not None


def test_outside_the_range_it_says_so_and_waits_for_a_second_member(evaluation: Evaluation) -> None:
    """Without a reason of its own it is refused; with one it is open until somebody else consents (P-06)."""
    chair, member = evaluation.seats[LOCAL]
    with pytest.raises(InvalidInput, match="Nobody gave 0: members gave 5") as refused:
        agree(evaluation, LOCAL, "0")
    assert refused.value.field == "outside_reason"
    agreed = agree(evaluation, LOCAL, "0", OUTSIDE)
    assert (agreed.stands_at, agreed.outside_reason) == (None, OUTSIDE)
    assert open_cells(chair.work)[0].leaf.key == "safeguarding"
    assert case_for(evaluation.itt, evaluation.itt.lots[0])["agreed"] == []
    with pytest.raises(NotAllowed):
        consent(chair, agreed)
    assert consent(member, agreed).stands_at is not None
    assert [entry["score"] for entry in case_for(evaluation.itt, evaluation.itt.lots[0])["agreed"]] == ["0"]


def test_a_panel_with_a_score_that_waits_does_not_close(evaluation: Evaluation) -> None:
    """Every cell is agreed, and one of them is still open."""
    agree_all(evaluation, LOCAL)
    agree(evaluation, LOCAL, "0", OUTSIDE)
    with pytest.raises(WrongState, match="1 score is not agreed yet"):
        close(evaluation, LOCAL)


def test_young_people_confirm_and_nobody_else_does(evaluation: Evaluation) -> None:
    """Most of the three make a score stand that the facilitator wrote down; the facilitator has no say."""
    facilitator, *young = evaluation.seats[YOUNG]
    agreed = agree(evaluation, YOUNG)
    with pytest.raises(NotAllowed):
        consent(facilitator, agreed)
    assert [consent(seat, agreed).stands_at is not None for seat in young[:2]] == [False, True]


def test_outside_their_range_every_young_person_confirms(evaluation: Evaluation) -> None:
    """Two of three are not enough."""
    young = evaluation.scorers(YOUNG)
    agreed = agree(evaluation, YOUNG, "1", OUTSIDE)
    assert [consent(seat, agreed).stands_at is not None for seat in young] == [False, False, True]


@pytest.mark.parametrize(
    ("kind", "present", "quorum", "outside", "least"),
    [
        (PanelKind.LOCAL, 2, 1, "", 0),
        (PanelKind.LOCAL, 2, 1, OUTSIDE, 1),
        (PanelKind.YOUNG_PEOPLE, 1, 1, "", 2),
        (PanelKind.YOUNG_PEOPLE, 2, 1, "", 2),
        (PanelKind.YOUNG_PEOPLE, 3, 1, "", 2),
        (PanelKind.YOUNG_PEOPLE, 3, 3, "", 3),
        (PanelKind.YOUNG_PEOPLE, 3, 5, "", 5),
        (PanelKind.YOUNG_PEOPLE, 12, 2, "", 7),
        (PanelKind.YOUNG_PEOPLE, 12, 2, OUTSIDE, 12),
    ],
)
def test_the_rule(kind: PanelKind, present: int, quorum: int, outside: str, least: int) -> None:
    """Of those present: adults none inside the range and one outside; young people most, and all of them outside."""
    work = PanelWork(panel=Panel(kind=kind, quorum=quorum))
    members = [PanelMember(user_id=uuid.uuid4()) for _ in range(present)]
    agreed = ModeratedScore(agreed_by_id=members[0].user_id, outside_reason=outside)
    needed = consents_needed(work, agreed, members)
    assert (needed.least, len(needed.of)) == (least, present if kind is PanelKind.YOUNG_PEOPLE else present - 1)


def test_a_dissent_is_kept_with_its_words_whatever_follows(evaluation: Evaluation) -> None:
    """Another answer supersedes it; a score that stands goes on standing; the ledger has who and what, no words."""
    first, second, third = evaluation.scorers(YOUNG)
    agreed = agree(evaluation, YOUNG)
    with pytest.raises(InvalidInput) as refused:
        dissent_from(work=first.work, agreed_id=agreed.id, words="\u200b", actor=first.actor, now=clock.now())
    assert refused.value.field == "words"
    dissent_from(work=first.work, agreed_id=agreed.id, words="It felt fake.", actor=first.actor, now=clock.now())
    assert asked_for(first.work, agreed)[0].given == 0
    for seat in (first, second):
        consent(seat, agreed)
    dissent_from(work=third.work, agreed_id=agreed.id, words="Not for me.", actor=third.actor, now=clock.now())
    assert agreed.stands_at is not None
    said = answers_to(agreed)[agreed.id]
    assert [said[seat.member.id].dissent for seat in (first, second, third)] == ["", "", "Not for me."]
    assert [old.dissent for old in db.session.query(ScoreConsent).filter(ScoreConsent.superseded_at.is_not(None))] == [
        "It felt fake."
    ]
    told = [event.data for event in events_of(evaluation.itt.id) if event.kind == "score_answered"]
    assert [(data["consents"], data["stands"]) for data in told] == [
        (False, False),
        (True, False),
        (True, True),
        (False, True),
    ]
    assert "fake" not in str(told)


def test_nobody_consents_to_what_they_did_not_see(evaluation: Evaluation) -> None:
    """A score that was changed meanwhile, or is another panel's, takes no answer, and consents are of one version."""
    chair, member = evaluation.seats[LOCAL]
    old = agree(evaluation, LOCAL, "0", OUTSIDE)
    agreed = agree(evaluation, LOCAL, "1", OUTSIDE)
    with pytest.raises(Conflict):
        consent(member, old)
    young = evaluation.scorers(YOUNG)[0]
    with pytest.raises(Conflict):
        consent(young, agreed)
    with pytest.raises(NotFound):
        consent_to(work=chair.work, agreed_id=agreed.id, actor=young.actor, now=clock.now())
    consent(member, agreed)
    assert agree(evaluation, LOCAL, "2", OUTSIDE).stands_at is None


def test_the_same_answer_again_is_nothing(evaluation: Evaluation) -> None:
    """One row, one entry in the ledger."""
    young = evaluation.scorers(YOUNG)[0]
    agreed = agree(evaluation, YOUNG)
    for _ in range(2):
        consent(young, agreed)
    assert len(db.session.query(ScoreConsent).all()) == 1


def test_one_sentence_is_no_reason_under_two_questions(evaluation: Evaluation) -> None:
    """Refused for the agreed scores of different questions, however it is punctuated; other bids may share it."""
    seat = evaluation.moderator(LOCAL)
    agree(evaluation, LOCAL)
    with pytest.raises(InvalidInput, match="The same reason stands under another question") as refused:
        agree_score(
            work=seat.work,
            bid_id=evaluation.bids()[0].bid_id,
            criterion="outcomes",
            score="5",
            reason=AGREED_REASON.upper().replace(".", "!"),
            not_lower=NOT_LOWER,
            actor=actor_for(seat.user.id),
            now=clock.now(),
        )
    assert refused.value.field == "reason"
    assert len(counting_members(seat.panel.id)) == 2


@pytest.mark.usefixtures("db_session")
def test_a_young_person_is_there_by_sitting_down() -> None:
    """No adult counts one in or out: with nobody there nothing stands, and a child who says no stays in the count."""
    evaluation = scoring_itt(1, young_people=3)
    for seat in evaluation.scorers(YOUNG):
        score_all(evaluation, seat)
    facilitator, *young = evaluation.seats[YOUNG]
    start_moderation(work=facilitator.work, actor=facilitator.actor, now=clock.now())
    assert present_members(facilitator.work) == []
    for seat in young:
        sit_down(seat)
    change_attendance(work=facilitator.work, present=set(), actor=facilitator.actor, now=clock.now())
    assert {member.id for member in present_members(facilitator.work)} == {seat.member.id for seat in young}
