"""Whoever may write and not submit asks those who may: once for a state of the draft, and nobody else hears of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.sealing import withdraw_bid
from portal.core.permissions import PROVIDER_ROLES, Actor, Role
from portal.extensions import db
from portal.notifications import letters, letters_of_applications
from portal.notifications.models import Message
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, complete_draft, draft_bid, submit
from tests.factories.frameworks import live_framework
from tests.factories.joining import complete_application, draft_application
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.filling import fields_of, press, text_of

BUTTON = "Ask somebody to "


@dataclass(frozen=True)
class Kind:
    """A kind of draft that some write and others submit."""

    event: EventKind
    letter: Callable[[Event], None]
    complete: Callable[[Actor], str]
    """Make one that is complete, by whom, and return its address."""
    begun: Callable[[Actor], str]


def bid_of(actor: Actor) -> str:
    return f"/provider/bids/{complete_draft(published_itt(), actor=actor).reference}"


def begun_bid(actor: Actor) -> str:
    return f"/provider/bids/{draft_bid(published_itt(), actor=actor).reference}"


def application_of(actor: Actor) -> str:
    return f"/provider/applications/{complete_application(live_framework(), actor=actor).reference}"


def begun_application(actor: Actor) -> str:
    return f"/provider/applications/{draft_application(live_framework(), actor=actor).reference}"


KINDS = (
    Kind(EventKind.BID_READY, letters.bid_ready, bid_of, begun_bid),
    Kind(EventKind.APPLICATION_READY, letters_of_applications.application_ready, application_of, begun_application),
)


@pytest.fixture
def people(db_session: object) -> dict[Role, User]:
    """Somebody with each role in one organisation; and a submitter of another, who is to hear nothing."""
    provider: Provider = make_provider("Demo Writers")
    make_person(Role.SUBMITTER)
    return {role: make_person(role, provider=provider) for role in sorted(PROVIDER_ROLES)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.event.value)
def test_the_submitters_are_told_once(kind: Kind, client: CheckedClient, people: dict[Role, User]) -> None:
    """Those who may submit get one letter that names the colleague and leads to the check; the button is gone."""
    writer = people[Role.CONTRIBUTOR]
    home = kind.complete(actor_of(writer))
    check = f"{home}/check"
    sign_in(client, writer)
    assert press(client, check, f"{home}/ready").location == check
    page = text_of(client.get(check))
    assert "They were told that it is ready on" in page
    assert BUTTON not in page
    [event] = db.session.scalars(select(Event).where(Event.kind == kind.event))
    kind.letter(event)
    messages = db.session.scalars(select(Message).where(Message.event_id == event.id)).all()
    told = {people[Role.SUBMITTER].id, people[Role.PROVIDER_ADMINISTRATOR].id}
    assert {message.user_id: message.link for message in messages} == dict.fromkeys(told, check)
    assert {writer.display_name in message.body for message in messages} == {True}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.event.value)
def test_what_is_not_ready_cannot_be_handed_over(kind: Kind, client: CheckedClient, people: dict[Role, User]) -> None:
    """The page offers it once nothing is left to do; an old page is refused."""
    writer = people[Role.CONTRIBUTOR]
    sign_in(client, writer)
    begun, complete = kind.begun(actor_of(writer)), kind.complete(actor_of(writer))
    assert BUTTON not in text_of(client.get(f"{begun}/check"))
    token = {"csrf_token": _token(client, f"{complete}/check")}
    assert client.post(f"{begun}/ready", data=token).status_code == 409
    assert [client.post(f"{complete}/ready", data=token).status_code for _ in range(2)] == [302, 409]


def test_a_bid_that_was_withdrawn_can_be_handed_over_again(client: CheckedClient, people: dict[Role, User]) -> None:
    """It does not count any more, and sending it again as it is would make it count."""
    itt, sender = published_itt(), actor_of(people[Role.SUBMITTER])
    bid = complete_draft(itt, actor=sender)
    submit(bid, sender)
    sign_in(client, people[Role.CONTRIBUTOR])
    home = f"/provider/bids/{bid.reference}"
    token = {"csrf_token": str(fields_of(client.get(f"{home}/check"), action="/sign-out")["csrf_token"])}
    assert client.post(f"{home}/ready", data=token).status_code == 409
    withdraw_bid(bid=bid, actor=sender)
    assert client.post(f"{home}/ready", data=token).status_code == 302


def test_nobody_is_called_after_the_closing_time(client: CheckedClient, people: dict[Role, User]) -> None:
    """From the closing instant on by the database's clock; that is no late bid."""
    writer, itt = people[Role.CONTRIBUTOR], published_itt()
    home = f"/provider/bids/{complete_draft(itt, actor=actor_of(writer)).reference}"
    sign_in(client, writer)
    token = {"csrf_token": _token(client, f"{home}/check")}
    close_now(itt)
    assert client.post(f"{home}/ready", data=token).status_code == 409
    recorded = (EventKind.BID_READY, EventKind.BID_REFUSED_LATE)
    assert db.session.scalars(select(Event.kind).where(Event.kind.in_(recorded))).all() == []


def _token(client: CheckedClient, address: str) -> str:
    return str(fields_of(client.get(address))["csrf_token"])
