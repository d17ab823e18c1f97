"""The standstill: as long as its own law says, and over by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.models import Standstill
from portal.awarding.standstill import end_due_standstills, start_standstill
from portal.core import clock
from portal.extensions import db
from portal.regulation.kinds import Regime
from portal.tendering.models import InvitationToTender
from tests.factories.awarding import decided_award, let_standstill_pass, proposed_award, standstill_row


@pytest.mark.parametrize(
    ("on", "last_date", "ends_until"),
    [
        (date(2026, 11, 21), date(2026, 12, 3), datetime(2026, 12, 4, tzinfo=UTC)),
        (date(2026, 11, 24), date(2026, 12, 4), datetime(2026, 12, 5, tzinfo=UTC)),
        (date(2026, 12, 18), date(2026, 12, 31), datetime(2027, 1, 1, tzinfo=UTC)),
        (date(2027, 3, 10), date(2027, 3, 22), datetime(2027, 3, 23, tzinfo=UTC)),
        (date(2026, 7, 28), date(2026, 8, 7), datetime(2026, 8, 7, 23, tzinfo=UTC)),
    ],
)
def test_under_the_act(itt: InvitationToTender, on: date, last_date: date, ends_until: datetime) -> None:
    """It begins with the day and ends after 8 working days, Scotland's holidays counted."""
    award = decided_award(itt)
    start_standstill(decision_id=award.decision.id, on=on)
    row = standstill_row(award)
    assert (row.last_date, row.ends_until, row.length_words) == (last_date, ends_until, "8 working days")


@pytest.mark.parametrize(
    ("on", "last_date"), [(date(2026, 12, 15), date(2026, 12, 29)), (date(2026, 11, 20), date(2026, 12, 1))]
)
def test_under_the_2015_regulations(itt: InvitationToTender, on: date, last_date: date) -> None:
    """Ten days after the day, rolled to a working day of the whole UK (PCR2015 reg 87(2), 2(3)), not 8 working days."""
    itt.regime = Regime.PCR2015
    award = decided_award(itt)
    start_standstill(decision_id=award.decision.id, on=on)
    row = standstill_row(award)
    assert (row.last_date, row.length_words, row.rule_id) == (last_date, "10 days", "PCR.standstill.electronic")


def test_it_starts_once(itt: InvitationToTender) -> None:
    """A second start changes nothing, whatever its date."""
    award = decided_award(itt)
    first = start_standstill(decision_id=award.decision.id, on=clock.today())
    again = start_standstill(decision_id=award.decision.id, on=clock.today() + timedelta(days=3))
    started = select(func.count()).select_from(Event).where(Event.kind == EventKind.STANDSTILL_STARTED.value)
    assert first is again
    assert db.session.scalar(started) == 1


def test_none_where_none_was_offered(itt: InvitationToTender) -> None:
    """An award without a standstill starts none."""
    award = decided_award(itt, offers_standstill=False)
    assert start_standstill(decision_id=award.decision.id, on=clock.today()) is None


def test_none_before_the_decision(itt: InvitationToTender) -> None:
    """A proposal starts nothing."""
    award = proposed_award(itt)
    assert start_standstill(decision_id=award.decision.id, on=clock.today()) is None


def test_it_ends_by_itself(itt: InvitationToTender) -> None:
    """From the instant on when it is over it is ended, once."""
    award = decided_award(itt)
    running = start_standstill(decision_id=award.decision.id, on=clock.today())
    assert running is not None
    assert end_due_standstills(now=running.ends_until - timedelta(microseconds=1)) == 0
    assert end_due_standstills(now=running.ends_until) == 1
    assert end_due_standstills(now=running.ends_until) == 0
    ended = db.session.scalars(select(Event).where(Event.kind == EventKind.STANDSTILL_ENDED.value)).all()
    assert [event.object_id for event in ended] == [running.id]


def test_an_old_one_is_found(itt: InvitationToTender) -> None:
    """A standstill that ended while nobody looked is ended at the next look."""
    award = decided_award(itt)
    start_standstill(decision_id=award.decision.id, on=clock.today())
    let_standstill_pass(award)
    assert end_due_standstills(now=clock.database_time()) == 1
    assert db.session.scalars(select(Standstill.ended_at)).one() is not None
