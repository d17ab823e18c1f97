"""The relay: carry events to their reactions, messages to their mailboxes and notices into print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from portal.audit import outbox
from portal.audit.models import Delivery
from portal.core import clock
from portal.core.logs import kind_of
from portal.extensions import db
from portal.notifications.dead_addresses import note_outcomes
from portal.notifications.queries import messages_with_people
from portal.notifications.sending import Mailer
from worker.app import celery, flask_app, wake
from worker.reactions import publish, publish_once_mailed, react

log = structlog.get_logger()

BATCH = 20
MAILS = 50
"""Mails in one claim: after a crash so many may go out twice, under the same Message-ID."""


@celery.task(name="worker.outbox.drain")  # type: ignore[untyped-decorator]
def drain() -> int:
    """Carry everything that is due onwards, in claims; returns how many deliveries were attempted."""
    settings = flask_app().config["SETTINGS"]
    attempted, mail_is_up = 0, True
    # One connection to the mail server for everything that waits; it is made when the first mail needs it.
    with Mailer(
        settings.smtp_url,
        settings.public_url,
        sender=settings.mail_sender,
        ca_file=settings.smtp_ca_file,
        keys=flask_app().extensions["keys"],
    ) as mailer:
        while True:
            done = _drain_reactions() + _drain(outbox.NOTICE, publish)
            if mail_is_up:
                mailed, mail_is_up = _drain_mail(mailer)
                done += mailed
            # Last, and only once the mail about the same events is out.
            done = done or _drain(outbox.NOTICE_ONCE_MAILED, publish_once_mailed)
            if not done:
                break
            attempted += done
    for consumer, task in ((outbox.RESULT, "calculate"), (outbox.DIAGNOSTICS, "diagnose")):
        if outbox.is_waiting(consumer):
            wake(f"worker.results.{task}")
    return attempted


def _drain_reactions() -> int:
    return _drain(outbox.REACTIONS, react)


def _drain(consumer: str, carry: Callable[[Delivery], None]) -> int:
    claimed = outbox.claim(consumer, now=clock.now(), limit=BATCH)
    _carry(claimed, carry)
    db.session.commit()
    return len(claimed)


def _drain_mail(mailer: Mailer) -> tuple[int, bool]:
    """How many messages were tried, and whether the mail server could be reached."""
    claimed = outbox.claim(outbox.MAIL, now=clock.now(), limit=MAILS)
    # Loaded together: each mail then finds its message and its person without a statement of its own.
    messages = messages_with_people([delivery.subject_id for delivery in claimed])
    failures = _carry(claimed, mailer.deliver, writes=False)
    note_outcomes(mails=claimed, messages=messages, now=clock.now())
    to_followers = outbox.claim(outbox.FOLLOWER_MAIL, now=clock.now(), limit=MAILS)
    failures += _carry(to_followers, mailer.deliver_to_follower, writes=False)
    claimed = [*claimed, *to_followers]
    db.session.commit()
    is_up = not any(isinstance(failure, outbox.WayDown) for failure in failures)
    return (len(claimed) if is_up else 0), is_up


def _carry(claimed: Sequence[Delivery], carry: Callable[[Delivery], None], *, writes: bool = True) -> list[Exception]:
    failures = []
    for delivery in claimed:
        failure = outbox.attempt(delivery, carry, now=clock.now(), writes=writes)
        if failure is not None:
            failures.append(failure)
            log.warning(
                "delivery_failed",
                consumer=delivery.consumer,
                delivery=str(delivery.id),
                failure=kind_of(failure),
            )
    return failures
