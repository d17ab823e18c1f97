"""An organisation's only administrator is gone: two of the platform make somebody else of it administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.changing_roles import end_access
from portal.accounts.granting import confirm_role, refuse_role, waiting_roles
from portal.accounts.handing_over import propose_successor
from portal.accounts.models import GrantStatus, RoleGrant, User
from portal.accounts.people import person_with_email
from portal.accounts.queries import colleagues_of
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority, make_provider

NOW = clock.now()
ASKED = "Demo Trustee wrote to us on paper: the chair of the trustees."
CHECKED = "I called the number in the charity register and spoke with them."

pytestmark = pytest.mark.usefixtures("db_session")


class Case:
    """An organisation, its only administrator, a colleague, and two administrators of the platform."""

    def __init__(self, place: Any) -> None:
        self.place = place
        self.kind = "provider" if isinstance(place, Provider) else "authority"
        self.role = Role.PROVIDER_ADMINISTRATOR if self.kind == "provider" else Role.AUTHORITY_ADMINISTRATOR
        self.former = self.person(self.role)
        self.colleague = self.person(Role.CONTRIBUTOR if self.kind == "provider" else Role.AUDITOR)
        self.first, self.second = (actor_of(make_person(Role.PLATFORM_ADMINISTRATOR)) for _ in range(2))

    def person(self, role: Role) -> User:
        return make_person(role, **{self.kind: self.place})

    def propose(self, **changed: Any) -> RoleGrant:
        said = {"former": self.former.email, "name": "", "email": self.colleague.email}
        said |= {"asked": ASKED, "checked": CHECKED, "actor": self.first}
        return propose_successor(**(said | changed), now=NOW)


@pytest.fixture(params=[make_provider, lambda: make_authority(administrators=0)], ids=["provider", "authority"])
def case(request: pytest.FixtureRequest, db_session: object) -> Case:
    """Nobody has asked yet."""
    make: Callable[[], Any] = request.param
    return Case(make())


def test_somebody_else_of_the_organisation_becomes_administrator(case: Case) -> None:
    """By two of the platform, at once; the record says who and where, and nothing of the grounds."""
    waiting = case.propose()
    assert actor_of(case.colleague).roles.isdisjoint({case.role})
    confirm_role(role_id=waiting.id, actor=case.second, now=NOW)
    assert case.role in actor_of(case.colleague).roles
    assert waiting.grounds == (ASKED, CHECKED)
    about = {"place": str(case.place.id), "person": str(case.colleague.id), "role": case.role.value}
    found = [(event.kind, event.data) for event in events_of("system")]
    assert found == [(EventKind.ROLE_PROPOSED, about), (EventKind.ROLE_CONFIRMED, about)]
    end_access(place=case.place, person=case.former, actor=actor_of(case.colleague), now=NOW)
    assert actor_of(case.former).roles == frozenset()


def test_neither_the_first_nor_anybody_of_the_organisation_is_the_second(case: Case) -> None:
    """Not the proposer, not who becomes it, not the administrator who is said to be gone."""
    waiting = case.propose()
    for actor in (case.first, actor_of(case.colleague), actor_of(case.former)):
        with pytest.raises((NotAllowed, NotFound)):
            confirm_role(role_id=waiting.id, actor=actor, now=NOW)
    assert [found.id for found in waiting_roles(case.second)] == [waiting.id]
    assert waiting_roles(actor_of(case.former)) == []
    refuse_role(role_id=waiting.id, reason="They are still there and answered.", actor=case.second, now=NOW)
    assert (waiting.status, case.role in actor_of(case.colleague).roles) == (GrantStatus.REFUSED, False)


def test_somebody_new_is_invited_once_it_is_confirmed(case: Case) -> None:
    """For an organisation whose administrator was its only person; before, no mail goes anywhere."""
    waiting = case.propose(name="Demo Heir", email="heir@people.example")
    heir = person_with_email("heir@people.example")
    assert heir is not None
    assert [one.kind for one in events_of("system")] == [EventKind.ROLE_PROPOSED]
    confirm_role(role_id=waiting.id, actor=case.second, now=NOW)
    assert events_of("system")[-1].kind == EventKind.MEMBER_INVITED
    assert actor_of(heir).roles == {case.role}
    assert heir.id in {one.id for one in colleagues_of(case.place)}


def test_nothing_is_taken_from_somebody_who_is_there(case: Case) -> None:
    """Another administrator who can sign in does it; who is invited and has not joined is nobody."""
    other = case.person(case.role)
    with pytest.raises(InvalidInput, match="has another administrator") as refused:
        case.propose()
    assert refused.value.field == "former"
    other.password_hash = None
    db.session.flush()
    case.propose()
    with pytest.raises(InvalidInput, match="already"):
        case.propose()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"former": "nobody@people.example"}, "former"),
        ({"former": "not an address"}, "former"),
        ({"email": "new@people.example", "name": ""}, "name"),
        ({"asked": "Somebody."}, "asked"),
        ({"checked": "Yes."}, "checked"),
    ],
)
def test_what_is_missing_stands_beside_its_field(case: Case, changed: dict[str, str], field: str) -> None:
    """And nothing waits."""
    with pytest.raises(InvalidInput) as refused:
        case.propose(**changed)
    assert refused.value.field == field
    db.session.rollback()
    assert db.session.scalars(select(RoleGrant)).all() == []


def test_nobody_of_elsewhere_and_not_the_former_one_is_a_successor(case: Case) -> None:
    """Somebody who has access somewhere else keeps to that."""
    stranger = make_person(Role.SUBMITTER)
    for email in (stranger.email, case.former.email):
        with pytest.raises(InvalidInput) as refused:
            case.propose(email=email, name="Demo Heir")
        assert refused.value.field == "email"


def test_only_the_platform_proposes_a_successor(case: Case) -> None:
    """Neither the organisation's own people nor other officers."""
    for person in (case.former, case.colleague, make_person(Role.AUTHORITY_ADMINISTRATOR)):
        with pytest.raises((NotAllowed, NotFound)):
            case.propose(actor=actor_of(person))


def test_the_database_keeps_a_successor_with_grounds_and_of_one_place(case: Case) -> None:
    """Past the application too: no role in a provider without, and none of two places."""
    waiting = case.propose()
    for statement in ("asked_sealed = NULL", "role = 'auditor'", "provider_id = NULL, authority_id = NULL"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE role_grant SET {statement} WHERE id = :id"), {"id": waiting.id})
