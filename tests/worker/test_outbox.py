"""The relay: reactions, notices and mail, in that order, and none of them lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from portal.audit import outbox
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.awarding.deciding import decide_award
from portal.awarding.models import Standstill
from portal.config import Settings
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.notices.models import Notice
from portal.notifications.models import Message
from portal.notifications.sending import Mailer
from portal.tendering.closing import record_closed_itts
from tests.factories.accounts import make_person
from tests.factories.awarding import NOTE, Award, publish_of
from tests.factories.bidding import close_now
from tests.factories.tendering import published_itt
from tests.services import Mailbox

HOUR = timedelta(hours=1)


def drain() -> int:
    """Run the relay's task here."""
    from worker.outbox import drain as task

    return int(task.run())


def decide(award: Award) -> None:
    """Decide the award, with the tender notice out."""
    publish_of(award.itt, EventKind.ITT_PUBLISHED)
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    db.session.commit()


def codes_of(award: Award) -> list[str]:
    """The notices there are, in order."""
    return list(
        db.session.scalars(select(Notice.kind_code).where(Notice.itt_id == award.itt.id).order_by(Notice.number))
    )


def test_from_the_decision_to_the_standstill(award: Award, mailbox: Mailbox) -> None:
    """One drain tells every bidder, publishes the award notice and starts the standstill on its date."""
    decide(award)
    drain()
    assert codes_of(award) == ["UK4", "UK6"]
    standstill = db.session.scalars(select(Standstill)).one()
    notice = db.session.scalars(select(Notice).where(Notice.kind_code == "UK6")).one()
    assert standstill.starts_date == notice.published_at.astimezone(clock.LONDON).date()
    subjects = [mail["Subject"].partition(":")[0] for mail in mailbox.received]
    bidders = subjects.count("Decision on your bid")
    assert bidders == 2
    assert subjects[:bidders] == ["Decision on your bid"] * bidders, "before anything about the standstill"
    assert outbox.outbox_status().waiting == 0


def test_no_notice_before_every_bidder_was_written_to(
    award: Award, mailbox: Mailbox, mail_server_away: Callable[[bool], None]
) -> None:
    """While the mail server is away neither award notice nor standstill appears; both do once it is back (C-07)."""
    decide(award)
    mail_server_away(True)
    for _ in range(3):
        drain()
    assert codes_of(award) == ["UK4"]
    assert db.session.scalars(select(Standstill)).all() == []
    inboxes = db.session.scalar(select(func.count()).where(Message.kind == "awarding/summary_issued"))
    assert inboxes == 2, "the record of what was told does not wait"
    mail_server_away(False)
    drain()
    assert codes_of(award) == ["UK4", "UK6"]
    assert len(db.session.scalars(select(Standstill)).all()) == 1


def test_mail_that_waited_is_delivered_in_order(
    award: Award, mailbox: Mailbox, mail_server_away: Callable[[bool], None]
) -> None:
    """Whatever was told while the server was away arrives when it is back, each once, in the order told (N-01)."""
    mail_server_away(True)
    person = make_person(Role.OPENER, authority=award.itt.authority)
    titles = []
    for number in range(8):
        itt = published_itt(authority=award.itt.authority, title=f"Service {number}")
        close_now(itt)
        record_closed_itts(now=clock.database_time())
        db.session.commit()
        drain()
        titles.append(itt.title)
    assert mailbox.received == []
    mail_server_away(False)
    drain()
    found = [mail["Subject"] for mail in mailbox.to(str(person.email)) if mail["Subject"].startswith("Ready to open")]
    assert found == [f"Ready to open: {title}" for title in titles]
    assert len({mail["Message-ID"] for mail in mailbox.received}) == len(mailbox.received)


def test_a_notice_that_fails_holds_up_nobody(award: Award, mailbox: Mailbox) -> None:
    """Without the tender notice the award notice has to wait; the bidders are told all the same."""
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    db.session.commit()
    drain()
    waiting = db.session.scalars(
        select(Delivery).where(Delivery.consumer == outbox.NOTICE_ONCE_MAILED, Delivery.sent_at.is_(None))
    ).one()
    assert (waiting.attempts, waiting.last_error, waiting.dead_at) == (1, "WrongState", None)
    subjects = [letter["Subject"] for letter in mailbox.received]
    assert len([subject for subject in subjects if subject.startswith("Decision on your bid")]) == 2
    publish_of(award.itt, EventKind.ITT_PUBLISHED)
    db.session.execute(update(Delivery).where(Delivery.id == waiting.id).values(next_at=clock.now()))
    db.session.commit()
    drain()
    assert codes_of(award) == ["UK4", "UK6"]


def test_two_relays_send_each_mail_once(fresh_app: Flask, worker_environment: Settings, mailbox: Mailbox) -> None:
    """Two relays that work at once leave each person with one mail."""
    from worker.outbox import _carry
    from worker.reactions import react

    with fresh_app.app_context():
        make_person(Role.OPENER)
        itt = published_itt(closes_in=-HOUR, published_ago=HOUR * 100)
        for _ in range(60):
            make_person(Role.OPENER, authority=itt.authority)
        record_closed_itts(now=clock.database_time())
        db.session.commit()
    barrier = threading.Barrier(2)

    def relay() -> None:
        with fresh_app.app_context():
            barrier.wait()
            for consumer in (outbox.REACTIONS, outbox.MAIL, outbox.REACTIONS, outbox.MAIL):
                while claimed := outbox.claim(consumer, now=clock.now() + HOUR, limit=20):
                    with Mailer(mailbox.url, "http://localhost") as mailer:
                        _carry(claimed, react if consumer == outbox.REACTIONS else mailer.deliver)
                    db.session.commit()
                if consumer == outbox.REACTIONS:
                    barrier.wait()

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened = [
        to for to, mail in zip(mailbox.recipients, mailbox.received, strict=True) if "Ready to open" in mail["Subject"]
    ]
    assert (len(opened), len(set(opened))) == (60, 60)


def test_every_delivery_has_a_carrier(award: Award) -> None:
    """After a drain nothing waits but results and what decided them, which have tasks of their own."""
    decide(award)
    drain()
    left = db.session.scalars(select(Delivery.consumer).where(Delivery.sent_at.is_(None)).distinct()).all()
    assert set(left) <= {outbox.RESULT, outbox.DIAGNOSTICS}
