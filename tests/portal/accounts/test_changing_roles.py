"""Roles changed after joining: giving takes as many people as at first, taking one, and an administrator stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.changing_roles import RolesChanged, change_roles, end_access
from portal.accounts.granting import confirm_role, propose_role
from portal.accounts.models import GrantStatus, RoleGrant, User
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import proposed_award
from tests.factories.organisations import make_authority, make_provider

NOW = clock.now()
pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """An authority without any administrator but those that a test makes."""
    return make_authority(administrators=0)


def administrator(place: Provider | ContractingAuthority) -> Actor:
    """An administrator of the place."""
    return actor_of(administrating(place))


def administrating(place: Provider | ContractingAuthority) -> User:
    """The same as a person."""
    if isinstance(place, Provider):
        return make_person(Role.PROVIDER_ADMINISTRATOR, provider=place)
    return make_person(Role.AUTHORITY_ADMINISTRATOR, authority=place)


def change(place: Any, person: User, *roles: Role, actor: Actor) -> RolesChanged:
    """Change somebody's roles to these."""
    return change_roles(place=place, person=person, roles=roles, actor=actor, now=NOW)


def test_one_administrator_gives_and_takes_what_takes_no_two_people() -> None:
    """A provider's roles are in force and over at once, and the record names roles and nobody by name."""
    provider = make_provider()
    person, actor = make_person(Role.CONTRIBUTOR, provider=provider), administrator(provider)
    done = change(provider, person, Role.SUBMITTER, actor=actor)
    assert done == RolesChanged(given=(Role.SUBMITTER,), waiting=(), taken=(Role.CONTRIBUTOR,))
    assert actor_of(person).provider_roles == {Role.SUBMITTER}
    [event] = events_of("system")
    assert (event.kind, event.object_id, event.actor_id) == (EventKind.ROLES_CHANGED, person.id, actor.user_id)
    changed = {"given": ["submitter"], "taken": ["contributor"], "not_wanted": []}
    assert event.data == {"place": str(provider.id)} | changed


def test_half_of_an_act_of_two_people_is_given_by_two(authority: ContractingAuthority) -> None:
    """Beside what is given at once it waits for another administrator; what was held before stays in force."""
    first, second = administrator(authority), administrator(authority)
    person = make_person(Role.AUDITOR, authority=authority)
    done = change(authority, person, Role.AUDITOR, Role.OPENER, Role.CONTRACT_MANAGER, actor=first)
    assert (done.given, done.waiting) == ((Role.CONTRACT_MANAGER,), (Role.OPENER,))
    assert actor_of(person).authority_roles == {Role.AUDITOR, Role.CONTRACT_MANAGER}
    [waiting] = db.session.scalars(select(RoleGrant))
    with pytest.raises(NotAllowed):
        confirm_role(role_id=waiting.id, actor=first, now=NOW)
    confirm_role(role_id=waiting.id, actor=second, now=NOW)
    assert actor_of(person).authority_roles == {Role.AUDITOR, Role.CONTRACT_MANAGER, Role.OPENER}


def test_what_waits_falls_away_when_it_is_not_wanted(authority: ContractingAuthority) -> None:
    """Unticked it is withdrawn; ticked it goes on waiting and is not proposed a second time."""
    first = administrator(authority)
    person = make_person(Role.AUDITOR, authority=authority)
    for role in (Role.OPENER, Role.APPROVER):
        propose_role(person=person, role=role, authority=authority, actor=first)
    assert change(authority, person, Role.AUDITOR, Role.OPENER, actor=first).waiting == (Role.OPENER,)
    statuses = {row.role: row.status for row in db.session.scalars(select(RoleGrant))}
    assert statuses == {Role.OPENER: GrantStatus.PROPOSED, Role.APPROVER: GrantStatus.WITHDRAWN}
    assert events_of("system")[-1].data["not_wanted"] == ["approver"]


def test_taking_away_takes_one_person_however_many_gave_it(authority: ContractingAuthority) -> None:
    """The opener opens nothing any more, and what they proposed before waits for its second person as it did."""
    proposed = proposed_award()
    person = db.session.get_one(User, proposed.decision.proposed_by_id)
    place = proposed.itt.authority
    kept = proposed.decision.status
    change(place, person, Role.AUDITOR, actor=administrator(place))
    assert actor_of(person).authority_roles == {Role.AUDITOR}
    db.session.refresh(proposed.decision)
    assert (proposed.decision.status, proposed.decision.proposed_by_id) == (kept, person.id)


@pytest.mark.parametrize("place", [make_provider, make_authority])
def test_nobody_gives_themselves_a_role(place: Callable[[], Any]) -> None:
    """Not even one that one person may give; to give one up is everybody's own."""
    organisation = place()
    person = administrating(organisation)
    own = next(iter(actor_of(person).roles))
    more = Role.CONTRIBUTOR if isinstance(organisation, Provider) else Role.AUDITOR
    with pytest.raises(InvalidInput, match="Nobody gives themselves"):
        change(organisation, person, own, more, actor=actor_of(person))
    other = administrator(organisation)
    change(organisation, person, own, more, actor=other)
    change(organisation, person, more, actor=actor_of(person))
    assert actor_of(person).roles == {more}


def test_only_administrators_change_roles_and_only_of_colleagues() -> None:
    """Others may not, another organisation's people are not found, and no role of elsewhere is given."""
    provider = make_provider()
    actor, person = administrator(provider), make_person(Role.CONTRIBUTOR, provider=provider)
    with pytest.raises(NotAllowed):
        change(provider, person, Role.SUBMITTER, actor=actor_of(person))
    with pytest.raises(NotFound):
        change(provider, person, Role.SUBMITTER, actor=administrator(make_provider()))
    with pytest.raises(NotFound):
        change(provider, make_person(Role.CONTRIBUTOR), Role.SUBMITTER, actor=actor)
    for roles in ((), (Role.OPENER,), (Role.PLATFORM_ADMINISTRATOR,)):
        with pytest.raises(InvalidInput) as refused:
            change(provider, person, *roles, actor=actor)
        assert refused.value.field == "roles"


@pytest.mark.parametrize("place", [make_provider, lambda: make_authority(administrators=0)])
def test_the_last_administrator_stays_one(place: Callable[[], Any]) -> None:
    """Neither laid down nor ended, and somebody who is invited and has not joined is no successor."""
    organisation = place()
    other = Role.CONTRIBUTOR if isinstance(organisation, Provider) else Role.AUDITOR
    last, invited = administrating(organisation), administrating(organisation)
    change(organisation, last, *actor_of(last).roles, other, actor=actor_of(invited))
    invited.password_hash = None
    acting = actor_of(last)
    with pytest.raises(InvalidInput, match="only administrator of") as refused:
        change(organisation, last, other, actor=acting)
    assert "Make somebody else an administrator first" in refused.value.message
    with pytest.raises(InvalidInput, match="only administrator of"):
        end_access(place=organisation, person=last, actor=acting, now=NOW)
    assert actor_of(last).roles == acting.roles
    end_access(place=organisation, person=last, actor=administrator(organisation), now=NOW)
    assert actor_of(last).roles == frozenset()
