"""Mail as somebody gets it in a test: the relay runs, a real SMTP server receives, a link is taken from the text."""

from __future__ import annotations

import re
from email.message import EmailMessage

from portal.extensions import db
from tests.services import Mailbox

LINK = re.compile(r"http://localhost(/link/[A-Za-z0-9_-]{43})\s")


def deliver() -> None:
    """Carry everything that waits onwards, mail included; needs `worker_environment`."""
    from worker.outbox import drain

    db.session.commit()
    drain.run()


def mails_to(mailbox: Mailbox, address: str) -> list[EmailMessage]:
    """What has arrived at the address once the relay has run."""
    deliver()
    return mailbox.to(address)


def link_to(mailbox: Mailbox, address: str) -> str:
    """The path of the link in the newest mail to the address."""
    mail = mails_to(mailbox, address)[-1]
    found = LINK.search(mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]
