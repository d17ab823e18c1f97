"""Sending mail over SMTP."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.audit.outbox import MAIL, Undeliverable, WayDown
from portal.audit.recording import record
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.notifications.composing import tell
from portal.notifications.models import Message
from portal.notifications.sending import Mailer
from portal.running.redis import free_port
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import make_person
from tests.factories.tendering import published_itt
from tests.services import Mailbox

PUBLIC_URL = "https://fairlot.example"


@pytest.fixture
def delivery(db_session: object) -> Delivery:
    """A message to one opener, waiting to be mailed."""
    opener = make_person(Role.OPENER, email="opener@authority.example")
    made = record(EventKind.ITT_CLOSED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    tell(
        event=db.session.get_one(Event, made.id),
        people=[opener.id],
        template="tendering/itt_closed_openers",
        link="/commissioning/itts/ITT-1/opening",
        thread=made.id,
        itt=published_itt(title="Youth work\nBcc: rival@rival.example"),
    )
    return db.session.scalars(select(Delivery).where(Delivery.event_id == made.id, Delivery.consumer == MAIL)).one()


def message_of(delivery: Delivery) -> Message:
    return db.session.get_one(Message, delivery.subject_id)


def test_a_mail_is_the_message(delivery: Delivery, mailbox: Mailbox) -> None:
    """The mail has the message's words, its link below PUBLIC_URL, and no header that somebody typed (N-05, N-06)."""
    with Mailer(mailbox.url, PUBLIC_URL) as mailer:
        mailer.deliver(delivery)
    (mail,) = mailbox.to("opener@authority.example")
    message = message_of(delivery)
    assert mail["Subject"] == "Ready to open: Youth work Bcc: rival@rival.example"
    assert mail["Bcc"] is None
    assert mail["From"] == "Fairlot <no-reply@fairlot.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    content = mail.get_content().replace("\r\n", "\n")
    assert content.startswith(message.body)
    assert f"\n{PUBLIC_URL}/commissioning/itts/ITT-1/opening\n" in content
    assert len(mailbox.received) == 1


def test_a_mail_sent_again_is_recognised(delivery: Delivery, mailbox: Mailbox) -> None:
    """Sent twice after a crash, both copies carry the same Message-ID."""
    for _ in range(2):
        with Mailer(mailbox.url, PUBLIC_URL) as mailer:
            mailer.deliver(delivery)
    identifiers = {mail["Message-ID"] for mail in mailbox.received}
    assert identifiers == {f"<{delivery.subject_id}@fairlot.example>"}


def test_one_connection_a_claim(delivery: Delivery, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several messages go through one connection."""
    opened = []
    connect: Callable[..., Any] = smtplib.SMTP.connect
    monkeypatch.setattr(smtplib.SMTP, "connect", lambda *given, **named: opened.append(1) or connect(*given, **named))
    with Mailer(mailbox.url, PUBLIC_URL) as mailer:
        for _ in range(5):
            mailer.deliver(delivery)
    assert (len(mailbox.received), len(opened)) == (5, 1)


@pytest.mark.parametrize(
    "details",
    [
        {"email": None, "password_hash": None, "email_confirmed_at": None},
        {"is_active": False},
        {"email_confirmed_at": None},
    ],
)
def test_who_is_never_mailed(delivery: Delivery, mailbox: Mailbox, details: dict[str, Any]) -> None:
    """Without an address or a confirmed one, or with a closed account: no mail, and the delivery counts as done."""
    user = message_of(delivery).user
    for name, value in details.items():
        setattr(user, name, value)
    db.session.flush()
    with Mailer(mailbox.url, PUBLIC_URL) as mailer:
        mailer.deliver(delivery)
    assert mailbox.received == []


def test_a_server_that_is_away(delivery: Delivery) -> None:
    """Without a server the way is down, and it is asked for only once."""
    with Mailer(f"smtp://127.0.0.1:{free_port()}", PUBLIC_URL) as mailer:
        for _ in range(3):
            with pytest.raises(WayDown) as down:
                mailer.deliver(delivery)
            assert isinstance(down.value.__cause__, ConnectionRefusedError)


class Refusing:
    """A mail server that answers every recipient with the same code."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse (called by the SMTP server)."""
        return self.answer


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 No such mailbox", Undeliverable), ("451 Try again later", smtplib.SMTPRecipientsRefused)],
)
def test_refusals(delivery: Delivery, answer: str, error: type[Exception]) -> None:
    """A mailbox that does not exist is given up; one that is busy is tried again (N-03)."""
    controller = Controller(Refusing(answer), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with Mailer(f"smtp://127.0.0.1:{controller.port}", PUBLIC_URL) as mailer, pytest.raises(error):
            mailer.deliver(delivery)
    finally:
        controller.stop()
