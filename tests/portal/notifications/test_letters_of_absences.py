"""Letters about deputies."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from portal.accounts.absences import confirm_deputy, end_absence, name_deputy, refuse_deputy
from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.notifications import letters_of_absences
from portal.notifications.models import Message
from portal.organisations.models import ContractingAuthority
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority

REASON = "They are away in the same week themselves."


class Case:
    """An opener who goes away, their deputy, and two administrators."""

    def __init__(self) -> None:
        self.authority: ContractingAuthority = make_authority(administrators=0)
        self.person, self.deputy = (make_person(Role.OPENER, authority=self.authority) for _ in range(2))
        self.first, self.second = (
            make_person(Role.AUTHORITY_ADMINISTRATOR, authority=self.authority) for _ in range(2)
        )
        make_person(Role.AUTHORITY_ADMINISTRATOR)
        days = {"first_day": clock.today(), "last_day": clock.today()}
        about = {"place": self.authority, "person": self.person, "deputy": self.deputy}
        self.absence = name_deputy(**about, **days, actor=actor_of(self.first), now=clock.now())


@pytest.fixture
def case(db_session: object) -> Case:
    """Named, and not confirmed yet."""
    return Case()


def told(kind: EventKind) -> tuple[set[uuid.UUID], str]:
    """Who is told of the newest such event, and the body."""
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc()).limit(1)).one()
    getattr(letters_of_absences, kind.value)(event)
    messages = db.session.scalars(select(Message).where(Message.event_id == event.id)).all()
    return {message.user_id for message in messages}, messages[0].body


def ids(*people: User) -> set[uuid.UUID]:
    """The people's identifiers."""
    return {person.id for person in people}


def test_those_who_can_confirm_hear_first_and_then_the_two(case: Case) -> None:
    """The proposal goes to the other administrator alone; the confirmation to the two and the administrators."""
    people, body = told(EventKind.ABSENCE_PROPOSED)
    assert people == ids(case.second)
    assert case.authority.name in body
    confirm_deputy(absence=case.absence, actor=actor_of(case.second), now=clock.now())
    people, body = told(EventKind.ABSENCE_AGREED)
    assert people == ids(case.person, case.deputy, case.first, case.second)
    assert "both count as one" in body


def test_a_refusal_goes_to_who_named_the_deputy_and_who_is_away(case: Case) -> None:
    """With the reason; the deputy may never have heard of it."""
    refuse_deputy(absence=case.absence, reason=REASON, actor=actor_of(case.second), now=clock.now())
    people, body = told(EventKind.ABSENCE_REFUSED)
    assert people == ids(case.first, case.person)
    assert REASON in body


def test_the_end_goes_to_the_other_of_the_two(case: Case) -> None:
    """Whoever ended it knows."""
    confirm_deputy(absence=case.absence, actor=actor_of(case.second), now=clock.now())
    end_absence(absence=case.absence, actor=actor_of(case.deputy), now=clock.now())
    people, body = told(EventKind.ABSENCE_ENDED)
    assert people == ids(case.person)
    assert "does not stand in" in body
