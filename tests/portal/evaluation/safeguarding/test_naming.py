"""Who looks after the safety of the young people on a panel, and what waits until somebody does."""

from __future__ import annotations

import pytest
from flask import current_app

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.panels import issue_sitting_card
from portal.evaluation.safeguarding.naming import name_safeguarding_lead, possible_leads
from portal.evaluation.scoring import save_score
from portal.extensions import db
from tests.factories.accounts import actor_of, make_person
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, name_lead, scoring_itt
from tests.factories.tendering import panel_named

pytestmark = pytest.mark.usefixtures("db_session")


def name(evaluation: Evaluation, lead: object, deputy: object = None, key: str = YOUNG) -> None:
    """Name as the commissioner."""
    name_safeguarding_lead(
        itt=evaluation.itt,
        panel=panel_named(evaluation.itt, key),
        lead_id=lead,  # type: ignore[arg-type]
        deputy_id=deputy,  # type: ignore[arg-type]
        actor=evaluation.commissioner,
    )


def test_without_a_lead_no_card_is_issued_and_nobody_sits() -> None:
    """The panel waits: neither a card nor a score, until somebody is named; then both go on."""
    evaluation = scoring_itt(1)
    young, facilitator = evaluation.scorers(YOUNG)[0], evaluation.moderator(YOUNG)
    keys, bid = current_app.extensions["keys"], evaluation.bids()[0]
    work = young.work
    work.safeguarding_lead_id = None
    db.session.flush()
    assert work.policy_state == "waiting"

    def card() -> None:
        issue_sitting_card(work=work, member_id=young.member.id, actor=facilitator.actor, keys=keys, now=clock.now())

    def score() -> None:
        save_score(
            work=work,
            bid_id=bid.bid_id,
            criterion="our-voice",
            score="3",
            reason="",
            actor=young.actor,
            now=clock.now(),
        )

    for act in (card, score):
        with pytest.raises(WrongState):
            act()
    name_lead(evaluation)
    for act in (card, score):
        act()


def test_a_panel_of_adults_waits_for_no_lead() -> None:
    """Only young people have one: naming one for adults is refused, and adults score without."""
    evaluation = scoring_itt(1)
    assert evaluation.scorers(LOCAL)[0].work.policy_state == "scoring"
    lead = make_person(Role.SAFEGUARDING_LEAD, authority=evaluation.itt.authority)
    with pytest.raises(NotFound):
        name(evaluation, lead.id, key=LOCAL)


def test_somebody_who_does_not_hold_the_role_here_or_is_in_the_room_is_not_named() -> None:
    """Nobody, a colleague without the role, another authority's lead, the facilitator, and one person twice."""
    evaluation = scoring_itt(1)
    authority, facilitator = evaluation.itt.authority, evaluation.moderator(YOUNG).user
    lead = make_person(Role.SAFEGUARDING_LEAD, authority=authority)
    elsewhere = make_person(Role.SAFEGUARDING_LEAD)
    auditor = make_person(Role.AUDITOR, authority=authority)
    for wrong in (
        (None,),
        (auditor.id,),
        (elsewhere.id,),
        (facilitator.id,),
        (lead.id, lead.id),
        (lead.id, auditor.id),
    ):
        with pytest.raises(InvalidInput):
            name(evaluation, *wrong)
    assert lead.id in {one.id for one in possible_leads(authority)}


def test_naming_is_recorded_by_identifiers_and_once() -> None:
    """The ledger has who was named for which panel, and nothing when the same are named again; an auditor cannot."""
    evaluation = scoring_itt(1)
    lead, deputy = (make_person(Role.SAFEGUARDING_LEAD, authority=evaluation.itt.authority) for _ in range(2))
    for _ in range(2):
        name(evaluation, lead.id, deputy.id)
    last = [event for event in events_of(evaluation.itt.id) if event.kind == "safeguarding_lead_named"]
    assert [event.data for event in last][1:] == [{"panel": YOUNG, "lead": str(lead.id), "deputy": str(deputy.id)}]
    with pytest.raises(NotAllowed):
        name_safeguarding_lead(
            itt=evaluation.itt,
            panel=panel_named(evaluation.itt, YOUNG),
            lead_id=lead.id,
            deputy_id=None,
            actor=actor_of(make_person(Role.AUDITOR, authority=evaluation.itt.authority)),
        )


def test_only_whoever_is_named_holds_the_role_towards_the_panel() -> None:
    """Another safeguarding lead of the authority sees nothing of it; the lead and the deputy do."""
    evaluation = scoring_itt(1)
    people = [make_person(Role.SAFEGUARDING_LEAD, authority=evaluation.itt.authority) for _ in range(3)]
    name(evaluation, people[0].id, people[1].id)
    work = evaluation.moderator(YOUNG).work
    allowed = [policy.allows(actor_of(person), Verb.SEE_HELD_WORDS, work) for person in people]
    assert allowed == [True, True, False]
