"""The inbox."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.notifications.composing import tell
from portal.notifications.models import Message
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import published_itt
from tests.filling import fill, text_of


@pytest.fixture
def person(db_session: object) -> User:
    """Somebody with an inbox."""
    return make_person(Role.OPENER)


def told(person: User, title: str = "Youth work") -> Message:
    """A message in the person's inbox."""
    itt = published_itt(title=title)
    made = record(EventKind.ITT_CLOSED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    tell(
        event=db.session.get_one(Event, made.id),
        people=[person.id],
        template="tendering/itt_closed_openers",
        link=f"/commissioning/itts/{itt.reference}/opening",
        thread=itt.id,
        itt=itt,
    )
    return db.session.scalars(select(Message).where(Message.event_id == made.id)).one()


def test_read_a_message(person: User, client: CheckedClient) -> None:
    """The inbox lists the message as new; its page shows the words and the way on; marked, it is read."""
    message = told(person)
    sign_in(client, person)
    assert "New" in text_of(client.get("/account/inbox"))
    page = f"/account/inbox/{message.id}"
    shown = client.get(page)
    assert "Two authorised people can now open the bids together" in text_of(shown)
    assert f'href="{message.link}"' in shown.text
    assert "New" in text_of(client.get("/account/inbox")), "looking at it changes nothing"
    assert fill(client, page).status_code == 302
    assert "New" not in text_of(client.get("/account/inbox"))


def test_nobody_reads_anothers(person: User, client: CheckedClient) -> None:
    """Another person's message does not exist."""
    message = told(make_person(Role.OPENER))
    sign_in(client, person)
    assert client.get(f"/account/inbox/{message.id}").status_code == 404
    assert message.subject not in client.get("/account/inbox").text


def test_an_empty_inbox(person: User, client: CheckedClient) -> None:
    """With nothing to read the page says so."""
    sign_in(client, person)
    assert "Nothing yet" in client.get("/account/inbox").text


def test_words_that_somebody_typed_are_inert(person: User, client: CheckedClient) -> None:
    """Markup in a title is shown as text."""
    told(person, title="<img src=x onerror=alert(1)>")
    sign_in(client, person)
    assert "<img src=x" not in client.get("/account/inbox").text


def test_statements_are_constant(
    person: User, client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The inbox takes as many statements for three messages as for one."""
    sign_in(client, person)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            told(person)
        with count_statements() as statements:
            client.get("/account/inbox")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
