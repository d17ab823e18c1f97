"""Mail to servers that want encryption first."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.audit import outbox
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.audit.recording import record
from portal.config import SettingsError, load_settings
from portal.core import clock
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.notifications.composing import tell
from portal.notifications.sending import Mailer
from portal.running.redis import free_port
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import published_itt
from tests.services import Mailbox

PUBLIC_URL = "https://fairlot.example"
CERTIFICATE = Path(__file__).parents[2] / "certificates" / "mail.pem"


@pytest.fixture
def delivery(db_session: object) -> Delivery:
    """A message that waits to be mailed."""
    opener = make_person(Role.OPENER, email="opener@authority.example")
    made = record(EventKind.ITT_CLOSED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    event = db.session.get_one(Event, made.id)
    letter = {"template": "tendering/itt_closed_openers", "link": "/x", "thread": made.id}
    tell(event=event, people=[opener.id], itt=published_itt(), **letter)
    return db.session.scalars(select(Delivery).where(Delivery.event_id == made.id, Delivery.consumer == "mail")).one()


@pytest.fixture
def strict() -> Iterator[tuple[int, Mailbox]]:
    """The port of a server that answers 530 until STARTTLS, and what it received."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, require_starttls=True, tls_context=context)
    controller.start()
    yield port, mailbox
    controller.stop()


def carried(delivery: Delivery, url: str, ca_file: Path | None = CERTIFICATE, sender: str = "") -> Exception | None:
    """Try to send it as the relay does."""
    with Mailer(url, PUBLIC_URL, sender=sender, ca_file=ca_file) as mailer:
        return outbox.attempt(delivery, mailer.deliver, now=clock.now(), writes=False)


@pytest.mark.parametrize("wish", ["required", "offered"])
def test_mail_is_encrypted_where_the_server_offers_it(
    delivery: Delivery, strict: tuple[int, Mailbox], wish: str
) -> None:
    """STARTTLS comes first, the certificate is checked, and the sender is the one that was set."""
    port, mailbox = strict
    sender = "Procurement <procurement@council.example>"
    assert carried(delivery, f"smtp://127.0.0.1:{port}?tls={wish}", sender=sender) is None
    assert [mail["From"] for mail in mailbox.to("opener@authority.example")] == [sender]


@pytest.mark.parametrize(
    ("address", "ca_file", "error"),
    [
        ("smtp://127.0.0.1:{port}?tls=never", None, "SMTPSenderRefused 530"),
        ("smtp://127.0.0.1:{port}?tls=required", None, "SSLCertVerificationError"),
        ("smtp://127.0.0.1:{port}?tls=offered", None, "SSLCertVerificationError"),
    ],
)
def test_what_is_wrong_between_us_and_the_server_loses_no_mail(
    delivery: Delivery, strict: tuple[int, Mailbox], address: str, ca_file: Path | None, error: str
) -> None:
    """No encryption where it is wanted, a certificate of nobody known: it waits, uncounted, and leaves once mended."""
    port, mailbox = strict
    assert isinstance(carried(delivery, address.format(port=port), ca_file), outbox.WayDown)
    assert (delivery.dead_at, delivery.attempts, delivery.last_error) == (None, 0, error)
    assert mailbox.received == []
    assert carried(delivery, f"smtp://127.0.0.1:{port}?tls=required") is None
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("address", ["{url}?tls=required", "smtp://user:secret@{host}"])
def test_nothing_is_sent_in_clear_where_encryption_is_required(
    delivery: Delivery, mailbox: Mailbox, address: str
) -> None:
    """A server that offers none gets neither the mail nor, where there is one, the password."""
    url = address.format(url=mailbox.url, host=mailbox.url.removeprefix("smtp://"))
    assert isinstance(carried(delivery, url), outbox.WayDown)
    assert (delivery.last_error, mailbox.received) == ("NotEncrypted", [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtp://mail.example?tls=perhaps"),
        ("SMTP_URL", "smtp://mail.example:abc"),
        ("SMTP_CA_FILE", "/nowhere/ca.pem"),
        ("MAIL_SENDER", "nobody in particular"),
        ("REDIS_URL", "redis://localhost:abc"),
        ("DATABASE_URL", "postgresql://localhost:abc/portal"),
    ],
)
def test_a_malformed_setting_is_named(name: str, value: str) -> None:
    """The start stops with a sentence that names the variable."""
    given = {"DATABASE_URL": "postgresql:///x", "SECRET_KEY": "long enough to be one of these keys", name: value}
    with pytest.raises(SettingsError, match=f"^{name} "):
        load_settings(given)


def test_given_up_mail_is_listed_and_tried_again(client: CheckedClient, delivery: Delivery) -> None:
    """A platform administrator sees to whom, what and why, and one press makes it due again."""
    outbox.attempt(delivery, _refuse, now=clock.now(), writes=False)
    assert delivery.dead_at is not None
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    page = client.get("/admin/undelivered").get_data(as_text=True)
    for shown in ("opener@authority.example", "Undeliverable", "Given up"):
        assert shown in page
    form = {"csrf_token": BeautifulSoup(page, "html.parser").select_one("main [name=csrf_token]")["value"]}
    assert client.post("/admin/undelivered", data=form).status_code == 302
    db.session.refresh(delivery)
    assert (delivery.dead_at, delivery.attempts) == (None, 0)
    assert delivery.next_at <= clock.now()


def _refuse(_delivery: Delivery) -> None:
    raise outbox.Undeliverable
