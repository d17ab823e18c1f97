"""Who hears that a procurement ended, what they read, and where the letter leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.ending.deciding import refuse_ending
from portal.extensions import db
from portal.notifications import letters_of_endings as letters
from portal.notifications.models import Message
from portal.notifications.recipients import people_of_authority
from portal.tendering.declining import decline
from tests.factories.accounts import make_person
from tests.factories.awarding import approver_of
from tests.factories.bidding import close_now, draft_bid, open_itt, submitted_bid, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.ending import CHECKED, WHY, cancelled, not_awarded, propose_to_cancel
from tests.factories.evaluation import scoring_itt
from tests.factories.frameworks import admit, live_framework
from tests.factories.tendering import published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def told(kind: EventKind, letter: Callable[[Event], None]) -> list[Message]:
    """The messages that follow from the newest event of the kind; the letter is written twice, as after a crash."""
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc()).limit(1)).one()
    letter(event)
    letter(event)
    return list(db.session.scalars(select(Message).where(Message.event_id == event.id)))


def test_bidders_hear_of_a_cancellation_each_about_its_own_bid() -> None:
    """A bid that was sent stays sealed, a draft was not sent; both letters lead to that bid and give the reason."""
    itt, sender, writer = published_itt(), submitter_of(), submitter_of()
    sent, draft = submitted_bid(itt, actor=sender), draft_bid(itt, actor=writer)
    cancelled(itt)
    messages = {one.user_id: one for one in told(EventKind.PROCUREMENT_CANCELLED, letters.procurement_cancelled)}
    for actor, bid, words in (
        (sender, sent, "Your bid stays sealed. Nobody has read it, and nobody will."),
        (writer, draft, "Your draft was not sent, and nobody else has read it."),
    ):
        message = messages[actor.user_id]
        assert (message.link, message.thread_id) == (f"/provider/bids/{bid.reference}", itt.id)
        assert WHY in message.body
        assert words in message.body


def test_officers_hear_nothing_of_who_had_bid() -> None:
    """The letter of a cancelled procurement with a sealed bid reads as that of one without (S-07)."""
    read = []
    for bids in (1, 0):
        itt = published_itt()
        opener = make_person(Role.OPENER, authority=itt.authority)
        for _ in range(bids):
            submitted_bid(itt)
        cancelled(itt)
        found = told(EventKind.PROCUREMENT_CANCELLED, letters.procurement_cancelled)
        mine = next(one for one in found if one.user_id == opener.id)
        said = mine.subject + mine.body + mine.link
        read.append(said.replace(itt.title, "").replace(itt.reference, ""))
    assert read[0] == read[1]


def test_panels_hear_but_no_young_person() -> None:
    """Chair, members and facilitator of each panel are told that it is over; nobody writes to young people."""
    evaluation = scoring_itt(1)
    cancelled(evaluation.itt)
    messages = told(EventKind.PROCUREMENT_CANCELLED, letters.procurement_cancelled)
    heard = {one.user_id for one in messages if one.kind == "ending/panel_over"}
    everybody = [seat for seats in evaluation.seats.values() for seat in seats]
    assert heard == {seat.user.id for seat in everybody if not seat.member.role.is_young_member}
    assert len(heard) < len(everybody)


def test_the_invited_are_released() -> None:
    """A member that was invited to a call-off and has not answered hears; one that had said no does not."""
    market = live_framework()
    waiting, declined = (submitter_of(admit(market.lots[0]).provider) for _ in range(2))
    itt = published_call_off(market.lots[0])
    decline(itt=itt, reason="", actor=declined)
    cancelled(itt)
    heard = {one.user_id for one in told(EventKind.PROCUREMENT_CANCELLED, letters.procurement_cancelled)}
    assert waiting.user_id in heard
    assert declined.user_id not in heard


def test_who_bid_for_a_lot_hears_why_nobody_is_awarded_it() -> None:
    """Bidders and officers are told once each, with the reason."""
    itt = published_itt()
    close_now(itt)
    open_itt(itt)
    opener = make_person(Role.OPENER, authority=itt.authority)
    not_awarded(itt)
    found = told(EventKind.LOT_NOT_AWARDED, letters.lot_not_awarded)
    mine = [one for one in found if one.user_id == opener.id]
    assert [(one.kind, WHY in one.body) for one in mine] == [("ending/ended", True)]


def test_a_proposal_waits_for_approvers_but_not_for_its_proposer() -> None:
    """Every other approver hears; when it is refused the commissioners do."""
    itt = published_itt()
    make_person(Role.APPROVER, authority=itt.authority)
    ending = propose_to_cancel(itt)
    proposed = told(EventKind.ENDING_PROPOSED, letters.ending_proposed)
    approvers = set(people_of_authority(itt.authority_id, Role.APPROVER)) - {ending.proposed_by_id}
    link = f"/commissioning/itts/{itt.reference}/ending"
    assert {(one.user_id, one.link) for one in proposed} == {(approver, link) for approver in approvers}
    refuse_ending(ending=ending, actor=approver_of(itt.authority), note=CHECKED, now=clock.now())
    assert {one.user_id for one in told(EventKind.ENDING_REFUSED, letters.ending_refused)} >= {ending.proposed_by_id}
