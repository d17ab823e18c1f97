"""Who hears that something of a panel waits for them, and where the letter leads."""

from __future__ import annotations

import pytest

from portal.audit.kinds import EventKind
from portal.core import clock
from portal.core.permissions import Role
from portal.evaluation.consenting import consent_to
from portal.evaluation.models import ModeratedScore
from portal.evaluation.moderation import agree_score
from portal.evaluation.reminding import remind_panel
from portal.extensions import db
from portal.notifications import letters_of_panels as letters
from portal.notifications.recipients import people_of_authority
from portal.reporting.replying import publish_reply, untold_panels
from tests.factories.accounts import make_person
from tests.factories.awarding import decided_award
from tests.factories.evaluation import (
    AGREED_REASON,
    LOCAL,
    PARENTS,
    WHY_NOT,
    YOUNG,
    Evaluation,
    leave_waiting,
    moderated_evaluation,
    moderating_itt,
    score_all,
    scoring_itt,
)
from tests.factories.tendering import panel_named, settle_interests
from tests.portal.notifications.test_letters_of_endings import told

pytestmark = pytest.mark.usefixtures("db_session")


def agree(evaluation: Evaluation, panel: str, criterion: str, score: str) -> ModeratedScore:
    """Write down a score of the first bid."""
    return agree_score(
        work=evaluation.moderator(panel).work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=criterion,
        score=score,
        reason=f"{AGREED_REASON} It is about {criterion}.",
        actor=evaluation.moderator(panel).actor,
        now=clock.now(),
        **WHY_NOT,
    )


def test_the_other_commissioners_hear_of_a_removal() -> None:
    """Whoever proposed it does not: they cannot decide it. The letter leads to the decision."""
    evaluation = moderating_itt(1)
    leave_waiting(evaluation)
    member = evaluation.seats[YOUNG][-1].member
    other = make_person(Role.COMMISSIONER, authority=evaluation.itt.authority)
    found = told(EventKind.PANEL_REMOVAL_PROPOSED, letters.removal_waits)
    officers = set(people_of_authority(evaluation.itt.authority_id, Role.COMMISSIONER))
    assert {one.user_id for one in found} == officers - {evaluation.commissioner.user_id}
    assert other.id in {one.user_id for one in found}
    page = f"/commissioning/itts/{evaluation.itt.reference}/panels/{member.panel_id}/members/{member.id}/removal"
    assert {one.link for one in found} == {page}


def test_whoever_can_consent_hears_of_the_first_score_that_waits() -> None:
    """Of a score inside the range nobody; of one outside it the other members, once, and whoever wrote it never."""
    evaluation = moderating_itt(1)
    inside = agree(evaluation, LOCAL, "outcomes", "5")
    assert (inside.stands_at is not None, told(EventKind.SCORE_AGREED, letters.score_waits)) == (True, [])
    waits = agree(evaluation, LOCAL, "outcomes", "0")
    chair, member = evaluation.seats[LOCAL]
    [letter] = told(EventKind.SCORE_AGREED, letters.score_waits)
    assert (letter.user_id, letter.link) == (member.user.id, f"/panel/{chair.panel.id}/moderate")
    agree(evaluation, LOCAL, "safeguarding", "0")
    assert told(EventKind.SCORE_AGREED, letters.score_waits) == []
    consent_to(work=member.work, agreed_id=waits.id, actor=member.actor, now=clock.now())
    assert {one.user_id for one in told(EventKind.SCORE_AGREED, letters.score_waits)} == {member.user.id}


def test_no_young_person_is_written_to() -> None:
    """Their own scores wait on the page of their facilitator, who wrote them down."""
    evaluation = moderating_itt(1)
    assert agree(evaluation, YOUNG, "our-voice", "5").stands_at is None
    assert told(EventKind.SCORE_AGREED, letters.score_waits) == []


def test_whoever_owes_scores_is_reminded_and_of_young_people_their_facilitator() -> None:
    """Whoever has submitted is not, and nobody once they all have when the letter is written."""
    evaluation = scoring_itt(2)
    done, slow = evaluation.scorers(LOCAL)
    score_all(evaluation, done)
    for key in (LOCAL, YOUNG):
        seat = evaluation.moderator(key)
        remind_panel(work=seat.work, actor=evaluation.commissioner, now=clock.now())
        found = told(EventKind.PANEL_REMINDED, letters.panel_reminded)
        waits_for = slow if key == LOCAL else seat
        page = f"/panel/{seat.panel.id}" if key == LOCAL else f"/panel/{seat.panel.id}/cards"
        assert [(one.user_id, one.link) for one in found] == [(waits_for.user.id, page)]
    parents = evaluation.scorers(PARENTS)
    remind_panel(work=parents[0].work, actor=evaluation.commissioner, now=clock.now())
    for seat in parents:
        score_all(evaluation, seat)
    assert told(EventKind.PANEL_REMINDED, letters.panel_reminded) == []


def test_officers_hear_that_young_people_wait_for_their_answer() -> None:
    """Once the award is decided, of each panel of young people, until it was answered."""
    evaluation = moderated_evaluation(2)
    settle_interests(evaluation.itt, evaluation.commissioner)
    assert untold_panels(evaluation.itt.id) == []
    decided_award(evaluation.itt)
    db.session.expire_all()
    panel, roles = panel_named(evaluation.itt, YOUNG), (Role.COMMISSIONER, Role.CONTRACT_MANAGER)
    assert untold_panels(evaluation.itt.id) == [panel]
    found = told(EventKind.SUMMARIES_ISSUED, letters.panel_to_tell)
    assert {one.user_id for one in found} == set(people_of_authority(evaluation.itt.authority_id, *roles))
    assert {one.link for one in found} == {f"/commissioning/itts/{evaluation.itt.reference}/panels/{panel.id}/reply"}
    publish_reply(
        itt=evaluation.itt,
        work=evaluation.scorers(YOUNG)[0].work,
        lines=[("You want to be asked.", "The contract says so.")],
        actor=evaluation.commissioner,
        now=clock.now(),
    )
    assert untold_panels(evaluation.itt.id) == []
