"""Sending mail: one SMTP connection a claim, a Message-ID that stays the same however often it is tried."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from urllib.parse import unquote, urlsplit

from portal.audit.models import Delivery
from portal.audit.outbox import Undeliverable, WayDown
from portal.core.columns import db
from portal.notifications.models import Message

TIMEOUT_SECONDS = 20


class Mailer:
    """A connection to the mail server, opened with the first message and used for the whole claim."""

    def __init__(self, smtp_url: str, public_url: str) -> None:
        self._smtp_url = smtp_url
        self._public_url = public_url
        self._host = urlsplit(public_url).hostname or "localhost"
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
        """Send the delivery's message.

        Raises `WayDown` when the server cannot be reached (and at once from then on: one wait a claim is
        enough), `Undeliverable` when it refuses the message for good (SMTP 5xx), else what SMTP raises.
        """
        message = db.session.get_one(Message, delivery.subject_id)
        person = message.user
        if person.email is None or not person.is_active:
            return
        connection = self._connected()
        try:
            connection.send_message(self.written(message, person.email))
        except (OSError, smtplib.SMTPException) as refused:
            self._close()
            if _is_final(refused):
                raise Undeliverable from refused
            raise

    def written(self, message: Message, address: str) -> EmailMessage:
        """The message as mail: plain text, links below PUBLIC_URL only."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"Fairlot <no-reply@{self._host}>"
        mail["To"] = address
        mail["Subject"] = message.subject
        # Stable, so that a mail sent twice after a crash is recognised as one.
        mail["Message-ID"] = f"<{message.id}@{self._host}>"
        mail["Date"] = message.created_at
        mail["Auto-Submitted"] = "auto-generated"
        link = f"\n{self._public_url}{message.link}\n" if message.link else ""
        mail.set_content(
            f"{message.body}{link}\n--\nFairlot. This copy is a courtesy; your inbox in Fairlot is the record.\n"
        )
        return mail

    def _connected(self) -> smtplib.SMTP:
        if self._unreachable is not None:
            raise WayDown from self._unreachable
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (OSError, smtplib.SMTPException) as failure:
                self._unreachable = failure
                raise WayDown from failure
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self._smtp_url)
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        # Named, because smtplib would ask the network for this machine's name.
        connection = kind(
            parts.hostname or "localhost",
            parts.port or 0,
            local_hostname=self._host,
            timeout=TIMEOUT_SECONDS,
        )
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_final(refused: Exception) -> bool:
    """Whether the server said that trying again is no use (RFC 5321 section 4.2.1)."""
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refused.recipients.values())
    return isinstance(refused, smtplib.SMTPResponseException) and refused.smtp_code >= 500
