"""Absences, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts.absence_models import Absence, AbsenceStatus
from portal.accounts.models import User
from portal.accounts.people import place_key
from portal.core import clock
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.accounts import make_person

DAY = timedelta(days=1)


def make_absence(
    person: User,
    deputy: User,
    place: Provider | ContractingAuthority,
    *,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    status: AbsenceStatus = AbsenceStatus.AGREED,
) -> Absence:
    """Somebody stands in for the person: since yesterday and until tomorrow, unless said otherwise."""
    now = clock.now()
    decided = isinstance(place, ContractingAuthority) and status in (AbsenceStatus.AGREED, AbsenceStatus.REFUSED)
    absence = Absence(
        user=person,
        deputy=deputy,
        begins_at=begins_at or now - DAY,
        ends_at=ends_at or now + DAY,
        status=status,
        proposed_by_id=person.id,
        proposed_at=now - 2 * DAY,
        decided_by_id=make_person().id if decided else None,
        decided_at=now - 2 * DAY if decided else None,
        **place_key(place),
    )
    db.session.add(absence)
    db.session.flush()
    return absence
