"""Sending mail: one SMTP connection a claim, a Message-ID that stays the same however often it is tried."""

from __future__ import annotations

import re
import smtplib
import ssl
import uuid
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

from portal.accounts.mailed_links import LINKS, token_of
from portal.audit.models import Delivery, Event
from portal.audit.outbox import Undeliverable, WayDown
from portal.core.columns import db
from portal.core.seals import KeyFolder
from portal.notifications.composing import compose
from portal.notifications.letters_to_interested import letter_about
from portal.notifications.models import Message
from portal.tendering.clarifying.mail_following import follow_token
from portal.tendering.clarifying.mail_models import MailFollower

TIMEOUT_SECONDS = 20
TOPICS_PAGE = "/account/inbox/topics"
"""Where a person chooses what is mailed; mail is written where no endpoint is known."""

FOLLOWING = "/following/"
"""The path before a follower's token; a test holds that it leads."""

NOT_ABOUT_THE_MESSAGE = frozenset({530, 534, 535, 538})
"""The server wants encryption or other credentials first (RFC 3207 section 4, RFC 4954 section 6)."""
POLICY = re.compile(r"5\.7\.\d")
"""Refused for who sends, by the server's rules, which change (RFC 3463 section 3.8)."""


def address_for(message: Message) -> str | None:
    """Where a message is mailed to, None where it waits in the inbox alone.

    To an address that nobody has confirmed goes only what carries a link of its own: a mistyped address is
    somebody else's, who shall not read of bids and awards.
    """
    person, link = message.user, message.mailed_link
    address = link.address if link else person.email
    return address if person.is_active and (link or person.email_confirmed_at) else None


def goes_to_own_address(message: Message) -> bool:
    """Whether it is mailed to its reader's own address: not to one that is still to be confirmed, and not nowhere."""
    return address_for(message) is not None and address_for(message) == message.user.email


class NotEncrypted(Exception):
    """The mail server offers no encryption, and nothing may be sent without."""


class Mailer:
    """A connection to the mail server, opened with the first message and used for the whole claim."""

    def __init__(
        self,
        smtp_url: str,
        public_url: str,
        *,
        sender: str = "",
        ca_file: Path | None = None,
        keys: KeyFolder | None = None,
    ) -> None:
        self._smtp_url = smtp_url
        self._ca_file = ca_file
        self._public_url = public_url
        self._keys = keys
        self._host = urlsplit(public_url).hostname or "localhost"
        self._sender = sender or f"Fairlot <no-reply@{self._host}>"
        self._connection: smtplib.SMTP | None = None
        self._unreachable: Exception | None = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
        self._close()

    def deliver(self, delivery: Delivery) -> None:
        """Send the delivery's message, unless it waits in the inbox alone.

        Raises `WayDown` when nothing can be sent this way just now: the server cannot be reached, offers no
        encryption, or refuses us as a sender (and at once from then on: one wait a claim is enough);
        `Undeliverable` when it refuses the message for good (SMTP 5xx), else what SMTP raises.
        """
        message = db.session.get_one(Message, delivery.subject_id)
        address = address_for(message)
        if address is not None:
            self._send(self.written(message, address))

    def deliver_to_follower(self, delivery: Delivery) -> None:
        """Send the letter of the delivery's event to whoever follows by mail alone, unless they have stopped.

        Raises as `deliver` does.
        """
        follower = db.session.get(MailFollower, delivery.subject_id)
        if follower is None or self._keys is None:
            return
        event = db.session.get_one(Event, delivery.event_id)
        letter = letter_about(event)
        subject, body = compose(letter.template, itt=letter.itt, **letter.values)
        link = f"\n{self._public_url}{letter.link}\n\n--\nStop these letters:" if letter.link else ""
        own = f"{self._public_url}{FOLLOWING}{follow_token(follower.id, self._keys)}"
        mail = self._mail(to=follower.address, subject=subject, identifier=delivery.id, at=event.at)
        mail["List-Unsubscribe"] = f"<{own}>"
        mail.set_content(f"{body}{link}\n{own}\n")
        self._send(mail)

    def _send(self, mail: EmailMessage) -> None:
        connection = self._connected()
        try:
            connection.send_message(mail)
        except (OSError, smtplib.SMTPException) as refused:
            self._close()
            if _is_about_us(refused):
                self._unreachable = refused
                raise WayDown from refused
            if _is_final(refused):
                raise Undeliverable from refused
            raise

    def written(self, message: Message, address: str) -> EmailMessage:
        """The message as mail: plain text, links below PUBLIC_URL only."""
        mail = self._mail(to=address, subject=message.subject, identifier=message.id, at=message.created_at)
        path = self._path(message)
        link = f"\n{self._public_url}{path}\n" if path else ""
        mail.set_content(
            f"{message.body}{link}\n--\nFairlot. This copy is a courtesy; your inbox in Fairlot is the record.\n"
            f"Choose what we mail you about: {self._public_url}{TOPICS_PAGE}\n"
        )
        return mail

    def _mail(self, *, to: str, subject: str, identifier: uuid.UUID, at: datetime) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = to
        mail["Subject"] = subject
        # Stable, so that a mail sent twice after a crash is recognised as one.
        mail["Message-ID"] = f"<{identifier}@{self._host}>"
        mail["Date"] = at
        mail["Auto-Submitted"] = "auto-generated"
        return mail

    def _path(self, message: Message) -> str:
        if message.mailed_link is None:
            return message.link
        if self._keys is None:
            raise LookupError("without the key folder no link can be mailed")
        return f"{LINKS}{token_of(message.mailed_link, self._keys)}"

    def _connected(self) -> smtplib.SMTP:
        if self._unreachable is not None:
            raise WayDown from self._unreachable
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (OSError, smtplib.SMTPException, NotEncrypted) as failure:
                self._unreachable = failure
                raise WayDown from failure
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self._smtp_url)
        # Certificates are checked, the host's name included.
        context = ssl.create_default_context(cafile=self._ca_file)
        is_tls = parts.scheme == "smtps"
        kind = partial(smtplib.SMTP_SSL, context=context) if is_tls else smtplib.SMTP
        # Named, because smtplib would ask the network for this machine's name.
        connection = kind(
            parts.hostname or "localhost",
            parts.port or 0,
            local_hostname=self._host,
            timeout=TIMEOUT_SECONDS,
        )
        if not is_tls:
            self._encrypt(connection, context)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        return connection

    def _encrypt(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """STARTTLS as `SMTP_URL` asks (?tls=...): required with a password, never on this machine, else if offered."""
        parts = urlsplit(self._smtp_url)
        is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        usual = "required" if parts.username else "never" if is_here else "offered"
        wanted = parts.query.removeprefix("tls=") or usual
        if wanted == "never":
            return
        connection.ehlo_or_helo_if_needed()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        elif wanted == "required":
            connection.close()
            raise NotEncrypted

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _replies(refused: Exception) -> list[tuple[int, str]]:
    """What the server answered: code and text, one for each recipient where it answered about those."""
    found: list[tuple[int, bytes | str]] = []
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        found += list(refused.recipients.values())
    elif isinstance(refused, smtplib.SMTPResponseException):
        found.append((refused.smtp_code, refused.smtp_error))
    return [(code, text.decode(errors="replace") if isinstance(text, bytes) else str(text)) for code, text in found]


def _is_about_us(refused: Exception) -> bool:
    """Whether the server refuses us, and would refuse every other message as well."""
    return isinstance(refused, smtplib.SMTPSenderRefused) or any(
        code in NOT_ABOUT_THE_MESSAGE for code, _ in _replies(refused)
    )


def _is_final(refused: Exception) -> bool:
    """Whether the server said that trying again is no use (RFC 5321 section 4.2.1)."""
    if isinstance(refused, smtplib.SMTPNotSupportedError):  # the address has letters that the server cannot carry
        return True
    replies = _replies(refused)
    return bool(replies) and all(code >= 500 and not POLICY.search(text) for code, text in replies)
