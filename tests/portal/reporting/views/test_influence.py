"""What came of it, on the young person's phone, on paper for the group, and as officers answer it."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from portal.core import clock
from portal.core.permissions import Role
from portal.evaluation.panels import issue_sitting_card
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import announce, decided_award
from tests.factories.evaluation import YOUNG, Evaluation, moderated_evaluation
from tests.factories.tendering import settle_interests
from tests.filling import errors_of, fill, sit_down, text_of

ANSWER = {"said_1": "You want to be asked each month.", "did_1": "The contract says so."}


def awarded() -> Evaluation:
    evaluation = moderated_evaluation(3)
    settle_interests(evaluation.itt, evaluation.commissioner)
    announce(decided_award(evaluation.itt))
    db.session.expire_all()
    return evaluation


def test_a_card_leads_to_what_came_of_it(
    client: CheckedClient, new_client: Callable[[], CheckedClient], db_session: object
) -> None:
    """A new card after the award opens the page; what officers answer stands there, and no losing bidder's name."""
    evaluation = awarded()
    facilitator, young = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)[0]
    officer = new_client()
    sign_in(officer, make_person(Role.COMMISSIONER, authority=evaluation.itt.authority))
    reply = f"/commissioning/itts/{evaluation.itt.reference}/panels/{young.panel.id}/reply"
    assert reply in officer.get(f"/commissioning/itts/{evaluation.itt.reference}/panels").text
    half = fill(officer, reply, {"said_1": ANSWER["said_1"]})
    assert (half.status_code, errors_of(half)) == (422, ["Say what you did about it, or why you could not."])
    assert ANSWER["said_1"] in half.text
    assert fill(officer, reply, ANSWER).location == reply
    keys = current_app.extensions["keys"]
    _, card = issue_sitting_card(
        work=facilitator.work, member_id=young.member.id, actor=facilitator.actor, keys=keys, now=clock.now()
    )
    assert sit_down(client, card.code).location == "/panel/sitting"
    assert client.get("/panel/sitting").location == "/panel/sitting/what-you-changed"
    said = text_of(client.get("/panel/sitting/what-you-changed"))
    for expected in ("Thank you, Star", "40 of the 100 marks", "was chosen", *ANSWER.values()):
        assert expected in said, expected
    losers = [bid.bid.provider.name for bid in evaluation.bids()][1:]
    assert losers
    assert not [name for name in losers if name in said]


def test_a_facilitator_prints_it(client: CheckedClient, db_session: object) -> None:
    """The panel's page leads to it."""
    evaluation = awarded()
    facilitator = evaluation.moderator(YOUNG)
    sign_in(client, facilitator.user)
    page = f"/panel/{facilitator.panel.id}/what-you-changed"
    assert page in client.get(f"/panel/{facilitator.panel.id}").text
    assert "What your marks changed" in text_of(client.get(page))


def test_who_only_reads_answers_nothing(client: CheckedClient, db_session: object) -> None:
    """An auditor reads what the panel reads; what is sent all the same is refused."""
    evaluation = awarded()
    sign_in(client, make_person(Role.AUDITOR, authority=evaluation.itt.authority))
    panel = evaluation.moderator(YOUNG).panel
    reply = f"/commissioning/itts/{evaluation.itt.reference}/panels/{panel.id}/reply"
    assert "Publish to the panel" not in client.get(reply).text
    assert "The page as they read it" in client.get(reply).text
