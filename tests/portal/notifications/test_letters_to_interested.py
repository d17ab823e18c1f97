"""Who hears of a change after publication (C-03)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.extensions import db
from portal.notifications.letters_to_interested import tell_interested
from portal.notifications.models import Message
from portal.tendering.amending.amending import publish_addendum
from portal.tendering.clarifying.asking import ask_question
from portal.tendering.clarifying.following import follow
from portal.tendering.models import InvitationToTender
from tests.factories import amending
from tests.factories.awarding import approver_of
from tests.factories.bidding import draft_bid, submitted_bid, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.tendering import make_commissioner, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def told_of_a_change(itt: InvitationToTender) -> list[Message]:
    """Everybody's messages about a change of an invitation; the letter is written twice, as after a crash."""
    addendum = amending.propose(itt, make_commissioner(itt.authority))
    publish_addendum(addendum=addendum, actor=approver_of(itt.authority), note=amending.NOTE)
    event = db.session.scalars(
        select(Event).where(Event.kind == EventKind.ADDENDUM_PUBLISHED, Event.object_id == addendum.id)
    ).one()
    tell_interested(event)
    tell_interested(event)
    return list(db.session.scalars(select(Message).where(Message.event_id == event.id)))


def test_each_who_is_interested_hears_of_a_change_once() -> None:
    """With a draft, with a bid, by having asked or by following, or by all of it at once; nobody else."""
    itt, drafting, bidding, asking, following, other = published_itt(), *(submitter_of() for _ in range(5))
    draft_bid(itt, actor=drafting)
    submitted_bid(itt, actor=bidding)
    ask_question(itt=itt, words="Is there a building?", is_named=False, actor=asking)
    follow(itt=itt, actor=following)
    ask_question(itt=itt, words="Does TUPE apply?", is_named=False, actor=bidding)
    follow(itt=itt, actor=bidding)
    messages = told_of_a_change(itt)
    assert sorted(one.user_id for one in messages) == sorted(
        actor.user_id for actor in (drafting, bidding, asking, following) if actor.user_id
    )
    assert other.user_id not in {one.user_id for one in messages}
    assert {one.body for one in messages} == {messages[0].body}
    assert all(amending.REASON in one.body for one in messages)


def test_whoever_is_invited_hears_of_a_change_though_it_began_nothing() -> None:
    """In a call-off; who is no member of its lot hears nothing."""
    lot = live_framework().lots[0]
    invited, other = submitter_of(admit(lot).provider), submitter_of()
    itt = published_call_off(lot)
    heard = [one.user_id for one in told_of_a_change(itt)]
    assert heard.count(invited.user_id) == 1
    assert other.user_id not in heard
