"""Who hears what becomes of a place in the award of a lot."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.queries import opened_bids_of
from portal.core import clock
from portal.core.permissions import Role
from portal.ending.setting_aside import propose_empty_place, propose_withdrawal
from portal.extensions import db
from portal.notifications import letters_of_setting_aside as letters
from portal.notifications.models import Message
from tests.factories.accounts import make_person
from tests.factories.awarding import decided_award, ready_with_places
from tests.factories.setting_aside import WHY, agree
from tests.factories.tendering import make_commissioner

pytestmark = pytest.mark.usefixtures("db_session")
LETTERS = {
    EventKind.WINNER_WITHDREW: letters.winner_withdrew,
    EventKind.PLACE_LEFT_EMPTY: letters.place_left_empty,
}


def told(kind: EventKind) -> dict[object, str]:
    """What each person reads of the newest event of the kind."""
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc()).limit(1)).one()
    LETTERS[kind](event)
    return {one.user_id: one.body for one in db.session.scalars(select(Message).where(Message.event_id == event.id))}


def test_each_bidder_reads_what_it_means_for_itself() -> None:
    """Whoever withdrew, whoever holds the other place, and whoever comes next; the reason only of the empty place."""
    award = decided_award(ready_with_places(n_bids=3))
    first, second = award.decision.places
    winners = {first.bid_id, second.bid_id}
    third = next(one.bid for one in opened_bids_of(award.itt.lots[0].id) if one.bid_id not in winners)
    people = [make_person(Role.SUBMITTER, provider=bid.provider).id for bid in (first.bid, second.bid, third)]
    actor = make_commissioner(award.itt.authority)
    agree(propose_withdrawal(place=first, actor=actor, reason=WHY, now=clock.now()))
    said = told(EventKind.WINNER_WITHDREW)
    withdrew, stands, waits = (said[person] for person in people)
    assert "has agreed that you withdraw" in withdrew
    assert "The award to you stands." in stands
    assert "now decides who takes that place" in waits
    assert [WHY in words for words in said.values()] == [False] * len(said)
    agree(propose_empty_place(place=first, actor=actor, reason="Nobody else can start. We buy again.", now=clock.now()))
    said = told(EventKind.PLACE_LEFT_EMPTY)
    assert "The award to you stands." in said[people[1]]
    assert "No further bid is awarded that place." in said[people[2]]
    assert "We buy again." in said[people[2]]
