"""The scheduled tasks: thin, and safe to run again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.audit import outbox
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.awarding.deciding import decide_award
from portal.core import clock
from portal.evaluation.models import Result
from portal.extensions import db
from tests.factories.awarding import NOTE, Award, announce, let_standstill_pass
from tests.factories.bidding import close_now
from tests.factories.tendering import published_itt

pytestmark = pytest.mark.usefixtures("worker_environment")


def test_whatever_is_due_is_done_once(award: Award) -> None:
    """The deadline task ends a standstill and notes a closing; a second run finds nothing."""
    from worker.deadlines import due

    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    announce(award)
    let_standstill_pass(award)
    close_now(published_itt())
    db.session.commit()
    before = _count(EventKind.ITT_CLOSED)
    assert due.run() == 2
    assert due.run() == 0
    assert (_count(EventKind.STANDSTILL_ENDED), _count(EventKind.ITT_CLOSED)) == (1, before + 1)


def test_results_are_calculated_once(award: Award) -> None:
    """A result that is asked for again is the stored one, and a missing ITT is put back with its reason."""
    from worker.results import calculate

    event_id = db.session.scalars(select(Event.id).where(Event.chain == str(award.itt.id)).limit(1)).one()
    missing = award.decision.id
    outbox.enqueue(event_id=event_id, consumer=outbox.RESULT, subject_ids=[award.itt.id, missing])
    db.session.commit()
    before = db.session.scalar(select(func.count()).select_from(Result))
    assert calculate.run() == 2
    assert db.session.scalar(select(func.count()).select_from(Result)) == before
    put_back = db.session.scalars(select(Delivery).where(Delivery.subject_id == missing)).one()
    assert (put_back.attempts, put_back.last_error, put_back.sent_at) == (1, "NotFound", None)


def _count(kind: EventKind) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind.value)) or 0
