"""What young people said on signed paper counts once two adults have read the same."""

from __future__ import annotations

import uuid

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor
from portal.evaluation.consenting import answers_to, consent_to
from portal.evaluation.models import ModeratedScore
from portal.evaluation.moderation import agree_score
from portal.evaluation.paper_sheets import OnPaper, Said, key_sheet, sheet_of
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import AGREED_REASON, LOCAL, YOUNG, Evaluation, Seat, moderating_itt
from tests.factories.tendering import make_commissioner
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")
YES = Said(True)
NO = Said(False, "It felt fake.")


@pytest.fixture
def evaluation() -> Evaluation:
    """One bid; two young people; every panel moderates."""
    return moderating_itt(1)


def agreed(evaluation: Evaluation) -> ModeratedScore:
    """What the young people's group agreed of its first question."""
    seat = evaluation.moderator(YOUNG)
    return agree_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion="our-voice",
        score="5",
        reason=AGREED_REASON,
        actor=seat.actor,
        now=clock.now(),
    )


def keyed(seat: Seat, score: ModeratedScore, said: Said, by: Actor) -> OnPaper:
    """What one adult reads on a young person's sheet."""
    return key_sheet(work=seat.work, member_id=seat.member.id, sheet={score.id: said}, actor=by, now=clock.now())


def test_two_adults_read_the_same_before_it_counts(evaluation: Evaluation) -> None:
    """One of them twice is one; a difference is shown to both and counts for nothing until it is mended (Y-04)."""
    score, young = agreed(evaluation), evaluation.scorers(YOUNG)
    facilitator, officer = evaluation.moderator(YOUNG).actor, evaluation.commissioner
    for _ in range(2):
        assert keyed(young[0], score, YES, facilitator).counts == frozenset()
    seen = keyed(young[0], score, NO, officer)
    assert (seen.differs, seen.counts, seen.others) == ({score.id}, frozenset(), 1)
    assert sheet_of(young[0].work, young[0].member, facilitator).differs == {score.id}
    assert keyed(young[0], score, YES, officer).counts == {score.id}
    assert score.stands_at is None
    keyed(young[1], score, YES, officer)
    keyed(young[1], score, YES, facilitator)
    assert score.stands_at is not None


def test_two_of_one_side_are_not_two_sides(evaluation: Evaluation) -> None:
    """Two officers who read the same count for nothing, and are told so; with the facilitator it counts (Y-07)."""
    score, young = agreed(evaluation), evaluation.scorers(YOUNG)[0]
    other = make_commissioner(evaluation.itt.authority)
    keyed(young, score, YES, evaluation.commissioner)
    seen = keyed(young, score, YES, other)
    assert (seen.counts, seen.others, seen.beside) == (frozenset(), 0, 1)
    assert keyed(young, score, YES, evaluation.moderator(YOUNG).actor).counts == {score.id}


def test_a_no_is_kept_in_their_words(evaluation: Evaluation) -> None:
    """It counts as theirs, and lets nothing stand; without words it cannot be keyed."""
    score, young = agreed(evaluation), evaluation.scorers(YOUNG)[0]
    with pytest.raises(InvalidInput) as refusal:
        keyed(young, score, Said(False), evaluation.commissioner)
    assert refusal.value.field == f"dissent-{score.id}"
    keyed(young, score, NO, evaluation.commissioner)
    keyed(young, score, Said(False, "It felt fake"), evaluation.moderator(YOUNG).actor)
    assert answers_to(score)[score.id][young.member.id].dissent == "It felt fake."
    assert score.stands_at is None


def test_no_adult_changes_what_a_young_person_has_said(evaluation: Evaluation) -> None:
    """What was answered on a screen, or counts already, is refused; so is a score that the group has changed."""
    score, young = agreed(evaluation), evaluation.scorers(YOUNG)[0]
    consent_to(work=young.work, agreed_id=score.id, actor=young.actor, now=clock.now())
    for score_id in (score.id, uuid.uuid4()):
        with pytest.raises(InvalidInput) as refusal:
            key_sheet(
                work=young.work,
                member_id=young.member.id,
                sheet={score_id: NO},
                actor=evaluation.commissioner,
                now=clock.now(),
            )
        assert refusal.value.field == f"says-{score_id}"


def test_young_people_and_adults_key_nothing_for_themselves(evaluation: Evaluation) -> None:
    """Neither a young person nor a chair keys a sheet, and nobody keys one for a panel of adults."""
    score, young, chair = agreed(evaluation), evaluation.scorers(YOUNG)[0], evaluation.moderator(LOCAL)
    with pytest.raises(NotAllowed):
        keyed(young, score, YES, young.actor)
    with pytest.raises(NotFound):
        keyed(young, score, YES, chair.actor)
    with pytest.raises(NotFound):
        keyed(chair, score, YES, evaluation.commissioner)


def test_a_sheet_over_http(client: CheckedClient) -> None:
    """The facilitator prints and keys it, the commissioner keys it again, and the difference is marked."""
    evaluation = moderating_itt(1)
    score, young = agreed(evaluation), evaluation.scorers(YOUNG)[0]
    sign_in(client, evaluation.moderator(YOUNG).user)
    base = f"/panel/{young.panel.id}/paper"
    assert client.get(f"{base}/blank.pdf").mimetype == "application/pdf"
    says, dissent = f"says-{score.id}", f"dissent-{score.id}"
    refused = fill(client, f"{base}/{young.member.id}", {says: "no"})
    assert errors_of(refused) == ["Type what the young person would change."]
    assert fill(client, f"{base}/{young.member.id}", {says: "yes"}).location == base
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    base = f"/commissioning/panels/{young.panel.id}/paper"
    assert base in client.get(f"/commissioning/itts/{evaluation.itt.reference}/panels").text
    other = {says: "no", dissent: "It felt fake."}
    assert fill(client, f"{base}/{young.member.id}", other).location == base
    assert "1 difference" in text_of(client.get(base))
    assert "The other reading says something else." in text_of(client.get(f"{base}/{young.member.id}"))
    assert fill(client, f"{base}/{young.member.id}", {says: "yes"}).location == base
    assert "1 of 1" in text_of(client.get(base))
