"""Mail that does not arrive is shown to whom it concerns, and never tells a buyer who bids."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.audit.outbox import MAIL, Undeliverable, attempt
from portal.audit.recording import record
from portal.core import clock
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.notifications.composing import tell
from portal.notifications.dead_addresses import note_outcomes
from portal.notifications.letters_of_mail import mail_given_up
from portal.notifications.models import DeadAddress, Message
from portal.notifications.queries import messages_with_people
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import draft_itt, published_itt
from tests.filling import press, text_of

pytestmark = pytest.mark.usefixtures("db_session")

PAGE = "/account/unreached"


def mail_to(*people: User) -> list[Delivery]:
    """A mail to each of the people, waiting."""
    made = record(EventKind.ITT_CLOSED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    tell(
        event=db.session.get_one(Event, made.id),
        people=[person.id for person in people],
        template="tendering/itt_closed_openers",
        link="/x",
        thread=made.id,
        itt=published_itt(title="A very secret title"),
    )
    waiting = select(Delivery).where(Delivery.event_id == made.id, Delivery.consumer == MAIL)
    return list(db.session.scalars(waiting.order_by(Delivery.id)))


def carry(mails: list[Delivery], carrier: Callable[[Delivery], None]) -> None:
    """Carry the mail as the relay does, with its outcome noted."""
    messages = messages_with_people([mail.subject_id for mail in mails])
    for mail in mails:
        attempt(mail, carrier, now=clock.now(), writes=False)
    note_outcomes(mails=mails, messages=messages, now=clock.now())
    db.session.flush()


def refuse(_mail: Delivery) -> None:
    """There is no such mailbox."""
    raise Undeliverable


def arrive(_mail: Delivery) -> None:
    """The mail arrives."""


def told() -> set[uuid.UUID]:
    """Who heard of the trouble."""
    for event in db.session.scalars(select(Event).where(Event.kind == EventKind.MAIL_GIVEN_UP)).all():
        mail_given_up(event)
    return set(db.session.scalars(select(Message.user_id).where(Message.kind == "accounts/mail_given_up")))


def test_administrators_of_the_person_and_of_the_platform_hear_once() -> None:
    """Those of a provider for its people, those of an authority for theirs and its panels'; nobody else's."""
    provider, authority = make_provider(), make_authority(administrators=0)
    theirs = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    buyers = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    make_person(Role.PROVIDER_ADMINISTRATOR, provider=make_provider())
    make_person(Role.COMMISSIONER, authority=authority)
    platform = make_person(Role.PLATFORM_ADMINISTRATOR)
    person = make_person(Role.SUBMITTER, provider=provider)
    carry(mail_to(person), refuse)
    carry(mail_to(person), refuse)
    assert told() == {theirs.id, platform.id}
    chair = make_person(Role.CHAIR, panel=draft_itt(authority=authority).panels[0])
    carry(mail_to(chair), refuse)
    assert told() == {theirs.id, platform.id, buyers.id}


def test_the_next_mail_that_arrives_ends_it_and_so_does_another_address(client: CheckedClient) -> None:
    """The person sees it on every page until then."""
    person = make_person(Role.SUBMITTER, provider=make_provider())
    sign_in(client, person)
    for ending in ("arrives", "another"):
        carry(mail_to(person), refuse)
        for page in ("/account", "/account/inbox", "/provider"):
            assert "Mail to you does not arrive" in client.get(page).text
        if ending == "arrives":
            carry(mail_to(person), arrive)
        else:
            person.email = "corrected@people.example"
            db.session.flush()
        assert "Mail to you does not arrive" not in client.get("/account").text
        assert "All mail arrives" in client.get(PAGE).text
    carry(mail_to(person), refuse)
    assert "corrected@people.example" in text_of(client.get(PAGE))


def test_what_came_back_is_sent_again(client: CheckedClient) -> None:
    """By the person, or by an administrator of theirs; a stranger's does not exist."""
    provider = make_provider()
    person, stranger = make_person(Role.SUBMITTER, provider=provider), make_person(Role.OPENER)
    mails, other = mail_to(person), mail_to(stranger)
    carry([*mails, *other], refuse)
    assert mails[0].dead_at is not None
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    page = text_of(client.get(PAGE))
    assert person.display_name in page
    assert stranger.display_name not in page
    assert press(client, PAGE, f"{PAGE}/{person.id}/again").status_code == 302
    db.session.refresh(mails[0])
    db.session.refresh(other[0])
    assert (mails[0].dead_at, mails[0].attempts) == (None, 0)
    assert other[0].dead_at is not None
    fields = {"csrf_token": press_token(client)}
    assert client.post(f"{PAGE}/{stranger.id}/again", data=fields).status_code == 404


def test_the_platform_reads_whom_but_not_about_what(client: CheckedClient) -> None:
    """The subject could tell who bids: the platform's page names people, addresses and how many."""
    person = make_person(Role.SUBMITTER, provider=make_provider())
    carry([*mail_to(person), *mail_to(person)], refuse)
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    for page in ("/admin/undelivered", PAGE):
        shown = client.get(page).text
        assert str(person.email) in shown
        assert "secret title" not in shown
    assert "2" in text_of(client.get("/admin/undelivered"))


def test_the_pages_cost_the_same_for_one_and_for_three(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """However many people mail does not reach."""
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    counts = []
    for more in (1, 2):
        carry(mail_to(*(make_person(Role.SUBMITTER, provider=make_provider()) for _ in range(more))), refuse)
        db.session.expire_all()
        for page in ("/admin/undelivered", PAGE):
            with count_statements() as statements:
                client.get(page)
            counts.append(len(statements))
    assert counts[:2] == counts[2:]


def test_what_went_elsewhere_or_nowhere_says_nothing_of_the_address() -> None:
    """An address that waits for its confirmation gets no other mail: that nothing was sent is not that it arrived."""
    person = make_person(Role.SUBMITTER, provider=make_provider())
    carry(mail_to(person), refuse)
    person.email_confirmed_at = None
    carry(mail_to(person), arrive)
    assert db.session.scalars(select(DeadAddress.user_id)).all() == [person.id]


def test_the_record_of_it_has_a_chain_of_its_own() -> None:
    """It names neither the person nor the mail."""
    person = make_person(Role.SUBMITTER, provider=make_provider())
    carry(mail_to(person), refuse)
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.MAIL_GIVEN_UP)).one()
    found = db.session.scalars(select(DeadAddress)).one()
    assert (event.chain, event.object_id, event.data) == (str(found.id), found.id, {})


def press_token(client: CheckedClient) -> str:
    """A token for a form."""
    from tests.filling import fields_of

    return str(fields_of(client.get("/account/inbox/topics"))["csrf_token"])
