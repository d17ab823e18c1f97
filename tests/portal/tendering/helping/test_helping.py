"""Asking for help in the last two hours, and being helped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import Conflict, DeadlinePassed, InvalidInput, NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from portal.notifications import letters_of_help as letters
from portal.notifications.models import Message
from portal.tendering.helping.asking import MOST_REQUESTS, answer_help, ask_for_help, requests_of
from portal.tendering.helping.models import HelpRequest
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, draft_bid, open_itt, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")
WORDS = "I press Submit and the page stays white."
ANSWER = "Load the page again and press once more."
NAME = "A shy charity"
HOUR = timedelta(hours=1)


def closing_in(left: timedelta) -> InvitationToTender:
    """An open invitation that closes after so long."""
    return published_itt(closes_in=left, published_ago=timedelta(days=30))


def asked(itt: InvitationToTender, *, is_named: bool = False, actor: Any = None) -> HelpRequest:
    """A request of a provider."""
    who = actor or submitter_of(make_provider(NAME))
    return ask_for_help(itt=itt, words=WORDS, is_named=is_named, actor=who)


@pytest.mark.parametrize(("left", "refusal"), [(3 * HOUR, WrongState), (2 * HOUR, None), (0 * HOUR, DeadlinePassed)])
def test_help_is_asked_in_the_last_two_hours_alone(left: timedelta, refusal: type[Exception] | None) -> None:
    """By the database's clock under the invitation's lock; the request has its instant."""
    itt = closing_in(left or HOUR)
    if not left:
        close_now(itt)
    if refusal is None:
        request = asked(itt)
        assert request.asked_at is not None
    else:
        with pytest.raises(refusal):
            asked(itt)


def test_what_is_asked_is_in_its_own_chain_and_needs_words() -> None:
    """The invitation's chain does not tell that anybody is about to bid; nothing is asked without words."""
    itt = closing_in(HOUR)
    request = asked(itt)
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.HELP_ASKED)).one()
    assert event.chain == str(request.id)
    with pytest.raises(InvalidInput):
        ask_for_help(itt=itt, words=" ", is_named=False, actor=submitter_of())
    with pytest.raises(NotFound):
        ask_for_help(itt=itt, words=WORDS, is_named=False, actor=make_commissioner(itt.authority))


def test_nobody_floods_the_officer() -> None:
    """So many of one bidder, and no more; another can still ask."""
    itt, actor = closing_in(HOUR), submitter_of()
    for _ in range(MOST_REQUESTS):
        asked(itt, actor=actor)
    with pytest.raises(Conflict):
        asked(itt, actor=actor)
    asked(itt)


@pytest.mark.parametrize("is_named", [True, False])
def test_who_asks_is_told_after_the_opening_unless_it_agreed(is_named: bool) -> None:
    """Before that a number alone; the log stays in the record."""
    itt = closing_in(HOUR)
    asked(itt, is_named=is_named)
    assert [request.asker for request in requests_of(itt.id)] == [NAME if is_named else None]
    close_now(itt)
    open_itt(itt)
    assert [request.asker for request in requests_of(itt.id)] == [NAME]


def test_a_request_is_answered_once() -> None:
    """By a commissioner of the authority; the second answer is refused."""
    request = asked(closing_in(HOUR))
    officer = make_commissioner(request.itt.authority)
    answer_help(request=request, answer=ANSWER, actor=officer, now=clock.now())
    assert (request.answer, request.answered_by_id) == (ANSWER, officer.user_id)
    with pytest.raises(WrongState):
        answer_help(request=request, answer=ANSWER, actor=officer, now=clock.now())
    with pytest.raises(NotFound):
        answer_help(request=asked(closing_in(HOUR)), answer=ANSWER, actor=officer, now=clock.now())


def test_the_named_officer_is_written_to_without_the_bidders_name_and_the_bidder_with_the_answer() -> None:
    """Whoever looks after the procurement, and nobody else of the authority."""
    itt = closing_in(HOUR)
    make_person(Role.COMMISSIONER, authority=itt.authority)
    request = asked(itt)
    letters.help_asked(db.session.scalars(select(Event).where(Event.kind == EventKind.HELP_ASKED)).one())
    [letter] = db.session.scalars(select(Message).where(Message.kind == "tendering/help_asked"))
    assert letter.user_id == itt.owner_id
    assert NAME not in f"{letter.subject}{letter.body}"
    officer = make_commissioner(itt.authority)
    answer_help(request=request, answer=ANSWER, actor=officer, now=clock.now())
    letters.help_answered(db.session.scalars(select(Event).where(Event.kind == EventKind.HELP_ANSWERED)).one())
    told = db.session.scalars(select(Message).where(Message.kind == "tendering/help_answered")).all()
    assert {one.user_id for one in told} == {request.asked_by_id}
    assert all(ANSWER in one.body for one in told)


def test_the_pages_lead_from_the_bid_to_the_answer(client: CheckedClient) -> None:
    """The bid offers it, the desk shows it first and without a name, the bidder reads the answer."""
    itt, provider = closing_in(HOUR), make_provider(NAME)
    bid = draft_bid(itt, actor=submitter_of(provider))
    bidder = make_person(Role.CONTRIBUTOR, provider=provider)
    officer = make_person(Role.COMMISSIONER, authority=itt.authority)
    sign_in(client, bidder)
    address, desk = f"/provider/help/{itt.reference}", f"/commissioning/itts/{itt.reference}/help"
    assert f'href="{address}"' in client.get(f"/provider/bids/{bid.reference}").text
    assert errors_of(fill(client, address)) == ["Say what happens when you try."]
    assert fill(client, address, {"words": WORDS}).status_code == 302
    sign_in(client, officer)
    assert "Help a bidder who cannot send its bid" in client.get(f"/commissioning/itts/{itt.reference}").text
    page = client.get(desk)
    assert WORDS in text_of(page)
    assert NAME not in page.text
    [request] = requests_of(itt.id)
    assert fill(client, f"{desk}/{request.reference}", {"answer": ANSWER}).status_code == 302
    sign_in(client, bidder)
    assert ANSWER in text_of(client.get(address))


def test_a_bid_offers_no_help_before_the_last_two_hours(client: CheckedClient) -> None:
    """The page of help says when it opens, and where to ask until then."""
    itt, provider = closing_in(5 * HOUR), make_provider()
    bid = draft_bid(itt, actor=submitter_of(provider))
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    assert "ask for help" not in client.get(f"/provider/bids/{bid.reference}").text
    assert "opens two hours before bidding closes" in text_of(client.get(f"/provider/help/{itt.reference}"))
