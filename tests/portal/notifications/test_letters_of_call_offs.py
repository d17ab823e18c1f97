"""Letters about call-offs: everybody who is invited and nobody else, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus
from portal.notifications import letters, letters_of_call_offs
from portal.notifications.models import Message
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.tendering.inviting import invite_newly_admitted
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import make_person
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider

pytestmark = pytest.mark.usefixtures("db_session")


def event_of(itt: InvitationToTender, kind: EventKind) -> Event:
    return db.session.scalars(select(Event).where(Event.chain == str(itt.id), Event.kind == kind)).one()


def messages(kind: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == kind)))


def members(framework: Framework, count: int) -> list[object]:
    """People of so many members of the first lot, two each."""
    people = []
    for _ in range(count):
        provider = admit(framework.lots[0]).provider
        people += [
            make_person(Role.SUBMITTER, provider=provider).id,
            make_person(Role.CONTRIBUTOR, provider=provider).id,
        ]
    return people


def test_everybody_invited_is_told_once() -> None:
    """Both people of each member, whatever their role; not the other lot's members, not a paused one."""
    framework = live_framework(kind=FrameworkKind.DPS, lots=2)
    people = members(framework, 2)
    make_person(Role.SUBMITTER, provider=admit(framework.lots[1]).provider)
    paused = admit(framework.lots[0])
    paused.paused_at, paused.paused_until = clock.now(), framework.valid_until
    make_person(Role.SUBMITTER, provider=paused.provider)
    itt = published_call_off(framework.lots[0])
    event = event_of(itt, EventKind.INVITATIONS_ISSUED)
    letters_of_call_offs.invitations_issued(event)
    letters_of_call_offs.invitations_issued(event)
    told = messages("tendering/invited")
    assert sorted(str(message.user_id) for message in told) == sorted(map(str, people))
    mails = db.session.scalars(
        select(Delivery.subject_id).where(Delivery.event_id == event.id, Delivery.consumer == "mail")
    ).all()
    assert sorted(map(str, mails)) == sorted(str(message.id) for message in told)
    assert told[0].subject == f"Invitation to bid: {itt.title}"
    assert "You joined the lot while this was open." not in told[0].body


def test_the_statements_do_not_grow_with_the_members(
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """One member or five: the same number of statements."""
    counts = []
    for count in (1, 5):
        framework = live_framework(kind=FrameworkKind.DPS)
        members(framework, count)
        event = event_of(published_call_off(framework.lots[0]), EventKind.INVITATIONS_ISSUED)
        db.session.expire_all()
        with count_statements() as statements:
            letters_of_call_offs.invitations_issued(event)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 12


def test_who_joins_late_is_told_with_the_same_deadline() -> None:
    """The new member's people alone hear, that they joined while it was open."""
    framework = live_framework(kind=FrameworkKind.DPS)
    members(framework, 1)
    itt = published_call_off(framework.lots[0])
    newcomer = admit(framework.lots[0])
    person = make_person(Role.SUBMITTER, provider=newcomer.provider)
    invite_newly_admitted(admission_id=newcomer.id, now=clock.now())
    letters_of_call_offs.provider_invited_late(event_of(itt, EventKind.PROVIDER_INVITED_LATE))
    told = messages("tendering/invited")
    assert [message.user_id for message in told] == [person.id]
    assert "The closing time is the same for everybody." in told[0].body


def test_a_direct_award_is_between_its_parties() -> None:
    """The named provider is asked, other members hear nothing; the commissioners heard of the approval before."""
    framework = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms="Condition 1. Condition 2.")
    chosen = admit(framework.lots[0]).provider
    person = make_person(Role.SUBMITTER, provider=chosen)
    members(framework, 1)
    officer = make_person(Role.COMMISSIONER, authority=framework.authority)
    itt = published_call_off(framework.lots[0], kind=IttKind.DIRECT_AWARD, provider=chosen)
    letters_of_call_offs.direct_award_approved(event_of(itt, EventKind.DIRECT_AWARD_APPROVED))
    letters_of_call_offs.invitations_issued(event_of(itt, EventKind.INVITATIONS_ISSUED))
    assert [message.user_id for message in messages("tendering/awarded_directly")] == [person.id]
    assert officer.id in {message.user_id for message in messages("tendering/direct_award_approved")}
    assert messages("tendering/invited") == []


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_alerts_reach_those_who_could_bid(kind: FrameworkKind) -> None:
    """A market's call-off is told to providers with a matching alert, members apart; others' are for members alone."""
    framework = live_framework(kind=kind)
    members(framework, 1)
    member = admit(framework.lots[0], make_provider(alerts=("85311300",)))
    make_person(Role.SUBMITTER, provider=member.provider)
    outsider = make_person(Role.SUBMITTER, provider=make_provider(alerts=("85311300",)))
    itt = published_call_off(framework.lots[0])
    letters.itt_published(event_of(itt, EventKind.ITT_PUBLISHED))
    letters_of_call_offs.invitations_issued(event_of(itt, EventKind.INVITATIONS_ISSUED))
    expected = [outsider.id] if kind is FrameworkKind.DYNAMIC_MARKET else []
    assert [message.user_id for message in messages("tendering/market_call_off")] == expected
    assert messages("tendering/itt_published") == []


def test_whose_bid_stayed_sealed_reads_why() -> None:
    """A bidder that was no member at closing is told why its bid was not opened; the others that theirs was."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    gone, stays = admit(lot), admit(lot)
    itt = published_call_off(lot)
    people = {}
    for admission in (gone, stays):
        submitted_bid(itt, admission.provider)
        people[admission.id] = make_person(Role.SUBMITTER, provider=admission.provider).id
    gone.status, gone.ended_at = AdmissionStatus.LEFT, clock.database_time()
    db.session.flush()
    close_now(itt)
    open_itt(itt)
    letters.bids_opened(event_of(itt, EventKind.BIDS_OPENED))
    (told,) = [message for message in messages("bidding/bid_set_aside") if message.user_id == people[gone.id]]
    assert "was not a member of the lot when bidding closed" in told.body
    opened = {message.user_id for message in messages("bidding/bids_opened")}
    assert people[stays.id] in opened
    assert people[gone.id] not in opened
