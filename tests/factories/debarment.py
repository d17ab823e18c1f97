"""Factories of the debarment list."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.judging.debarment import bring_in
from portal.judging.debarment_models import DebarmentList
from tests.factories.accounts import actor_of, make_person

HEADING = "name,number,ground,kind,until,contracts\n"


def brought_in(*rows: str, read_on: date | None = None, by: User | None = None) -> DebarmentList:
    """A list with these rows, read today by an administrator of the platform."""
    person = by or make_person(Role.PLATFORM_ADMINISTRATOR)
    content = (HEADING + "\n".join(rows)).encode() if rows else None
    day = read_on or clock.today()
    return bring_in(content=content, read_on=day, by_id=person.id, actor=actor_of(person), now=clock.now())
