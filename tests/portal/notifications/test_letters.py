"""Letters go to whom they concern, once, and lead to the very thing that they are about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import refuse_award
from portal.bidding.models import Bid
from portal.bidding.sealing import withdraw_bid
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.notifications import letters
from portal.notifications.models import Message
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import (
    Award,
    announce,
    approver_of,
    awarded,
    decided_award,
    proposed_award,
    scored_in_lots,
)
from tests.factories.bidding import fill_draft, submit, submitted_bid, submitter_of
from tests.factories.evaluation import LOCAL, PARENTS, moderating_itt, recuse, scoring_itt
from tests.factories.tendering import make_commissioner, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def told(kind: EventKind, letter: Callable[[Event], None]) -> list[Message]:
    """The messages that follow from every event of the kind."""
    events = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at, Event.seq)).all()
    for event in events:
        letter(event)
    ids = [event.id for event in events]
    return list(db.session.scalars(select(Message).where(Message.event_id.in_(ids)).order_by(Message.created_at)))


def test_a_moderation_is_told_to_the_panel_that_moderates() -> None:
    """Each chair and facilitator hears once, of their own panel, and the letter leads to its board."""
    evaluation = moderating_itt(1)
    messages = told(EventKind.MODERATION_STARTED, letters.moderation_started)
    expected = {
        evaluation.moderator(key).user.id: f"/panel/{evaluation.moderator(key).panel.id}/moderate"
        for key in evaluation.seats
    }
    assert {message.user_id: message.link for message in messages} == expected
    assert len(messages) == len(expected) == 3


def test_who_steps_back_concerns_one_panel() -> None:
    """Its chair and the commissioners hear; the chairs of the other panels do not."""
    evaluation = scoring_itt(1, declared=False)
    officer = make_person(Role.COMMISSIONER, authority=evaluation.itt.authority)
    leaving = evaluation.scorers(LOCAL)[1]
    recuse(leaving, evaluation.bids()[0])
    people = {message.user_id for message in told(EventKind.MEMBER_RECUSED, letters.member_recused)}
    assert evaluation.moderator(LOCAL).user.id in people
    assert officer.id in people
    assert evaluation.moderator(PARENTS).user.id not in people
    assert leaving.user.id not in people


def test_what_happens_to_a_bid_leads_to_that_bid_and_is_one_thread() -> None:
    """Receipts and withdrawal of one bid, however many, are about its invitation and lead to the bid."""
    itt, actor = published_itt(), submitter_of()
    bid = submitted_bid(itt, actor=actor)
    for _ in range(2):
        _change_and_submit(bid, actor)
    withdraw_bid(bid=bid, actor=actor)
    messages = told(EventKind.BID_SUBMITTED, letters.bid_submitted)
    messages += told(EventKind.BID_WITHDRAWN, letters.bid_withdrawn)
    assert len(messages) == 4
    assert {(message.link, message.thread_id) for message in messages} == {(f"/provider/bids/{bid.reference}", itt.id)}


def test_decisions_lead_each_bidder_to_its_own() -> None:
    """Opening and standstill are one letter a bidder, to its own bid and its own summary; none leads to a rival's."""
    award = decided_award()
    announce(award)
    opened = told(EventKind.BIDS_OPENED, letters.bids_opened)
    started = told(EventKind.STANDSTILL_STARTED, letters.standstill_started)
    own = [message.link for message in opened if message.kind == "bidding/bids_opened"]
    assert len(own) == len(set(own))
    assert all(link.startswith("/provider/bids/BID-") for link in own)
    summaries = [message.link for message in started if message.link.startswith("/provider/")]
    assert len(summaries) == len(set(summaries)) == len(own)
    assert all(link.startswith("/provider/summaries/") for link in summaries)


def test_the_standstill_of_one_lot_concerns_its_bidders() -> None:
    """Whoever bids for another lot alone hears nothing of it, and the letter names the lot."""
    scores = {1: 4, 2: 4, 3: 3, 4: 3, 5: 5}
    bidders = {"Alder": (1, 2), "Birch": (1, 2), "Cedar": (2,)}
    itt = scored_in_lots(lambda number, _key: scores[number], bidders=bidders)
    officer = make_commissioner(itt.authority)
    announce(Award(itt, officer, approver_of(itt.authority), awarded(itt, 1, officer)))
    cedar = select(HeldRole.user_id).join(Provider, Provider.id == HeldRole.provider_id).where(Provider.name == "Cedar")
    started = told(EventKind.STANDSTILL_STARTED, letters.standstill_started)
    issued = told(EventKind.SUMMARIES_ISSUED, letters.summaries_issued)
    people = {message.user_id for message in (*started, *issued)}
    assert people.isdisjoint(db.session.scalars(cedar).all())
    assert all(", lot 1: " in message.body for message in issued)


def _change_and_submit(bid: Bid, actor: Actor) -> None:
    fill_draft(bid, actor, price=str(90_000 + bid.draft_revision))
    submit(bid, actor)


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    """An approver who is a commissioner too refuses an award: the other commissioners hear."""
    award = proposed_award()
    authority = award.decision.itt.authority
    both = make_person(Role.APPROVER, Role.COMMISSIONER, authority=authority)
    other = make_person(Role.COMMISSIONER, authority=authority)
    refuse_award(
        decision=award.decision, actor=actor_of(both), note="The reason is too short for a record.", now=clock.now()
    )
    people = {message.user_id for message in told(EventKind.AWARD_REFUSED, letters.award_refused)}
    assert other.id in people
    assert both.id not in people
