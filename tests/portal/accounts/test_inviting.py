"""Colleagues come in by a code that is handed over, and leave at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.inviting import (
    awaits_joining,
    end_access,
    invite_colleague,
    join,
    renew_invitation,
)
from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.accounts.queries import colleagues_of
from portal.accounts.sessions import find_signed_in, start_session
from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority, make_provider

NOW = clock.now()
NEW_PASSWORD = "three random words"


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


@pytest.fixture
def provider(keys: KeyFolder) -> Provider:
    """A provider."""
    return make_provider()


@pytest.fixture
def administrator(provider: Provider) -> Actor:
    """Its administrator."""
    return actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))


def invited(place: Provider | ContractingAuthority, actor: Actor, keys: KeyFolder, *roles: Role) -> tuple[User, str]:
    """A new colleague and the code."""
    made = invite_colleague(
        place=place,
        name="Demo Colleague",
        email="colleague@people.example",
        roles=set(roles or {Role.CONTRIBUTOR}),
        actor=actor,
        keys=keys,
        now=NOW,
    )
    return made.person, made.code


def joined(code: str, keys: KeyFolder, *, days: float = 0, password: str = NEW_PASSWORD) -> User | None:
    """Use the code, some days later."""
    return join(code=code, password=password, origin=Origin("192.0.2.1"), keys=keys, now=NOW + timedelta(days=days))


def test_a_colleague_joins_with_the_code(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The code lets the colleague choose a password; roles are those that the administrator gave."""
    person, code = invited(provider, administrator, keys, Role.CONTRIBUTOR, Role.SUBMITTER)
    assert awaits_joining(person)
    assert joined(code.lower().replace("-", " "), keys) is person
    assert password_matches(person.password_hash, NEW_PASSWORD)
    assert not awaits_joining(person)
    assert actor_of(person).provider_roles == {Role.CONTRIBUTOR, Role.SUBMITTER}
    kinds = [event.kind for event in events_of("system")]
    assert kinds == [EventKind.MEMBER_INVITED, EventKind.PERSON_REGISTERED]


def test_the_code_works_once_and_for_14_days(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """A used code, a late one and one that never was are refused alike."""
    person, code = invited(provider, administrator, keys)
    assert joined(code, keys, days=14) is None
    assert joined("0000-0000-0000", keys) is None
    assert joined(code, keys, days=13.9) is person
    assert joined(code, keys, password="another long password") is None
    assert password_matches(person.password_hash, NEW_PASSWORD)


def test_a_new_code_withdraws_the_old_one(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """A lost code is worth nothing once the next was made; after joining there is none to make."""
    person, lost = invited(provider, administrator, keys)
    again = renew_invitation(place=provider, person=person, actor=administrator, keys=keys, now=NOW)
    assert joined(lost, keys) is None
    assert joined(again.code, keys) is person
    with pytest.raises(WrongState):
        renew_invitation(place=provider, person=person, actor=administrator, keys=keys, now=NOW)


def test_a_weak_password_does_not_use_the_code_up(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The code still works after a password that was refused."""
    person, code = invited(provider, administrator, keys)
    with pytest.raises(InvalidInput):
        joined(code, keys, password="short")
    assert joined(code, keys) is person


def test_wrong_codes_are_slowed(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """After very many wrong codes from one address the next one waits; the right one works."""
    person, code = invited(provider, administrator, keys)
    for number in range(50):
        assert joined(f"0000-0000-{number:04}", keys) is None
    with pytest.raises(TooManyTries):
        joined("0000-0000-9999", keys)
    assert joined(code, keys) is person


@pytest.mark.parametrize("role", [Role.SUBMITTER, Role.CONTRIBUTOR])
def test_only_the_administrator_invites(provider: Provider, keys: KeyFolder, role: Role) -> None:
    """A submitter or a contributor of the same provider may not."""
    with pytest.raises(NotAllowed):
        invited(provider, actor_of(make_person(role, provider=provider)), keys)


def test_another_provider_does_not_exist(administrator: Actor, keys: KeyFolder) -> None:
    """An administrator cannot invite into, or learn of, somebody else's organisation."""
    with pytest.raises(NotFound):
        invited(make_provider(), administrator, keys)


@pytest.mark.parametrize("roles", [{Role.COMMISSIONER}, {Role.SUBMITTER, Role.PLATFORM_ADMINISTRATOR}, set()])
def test_only_roles_of_the_place_are_given(
    provider: Provider, administrator: Actor, keys: KeyFolder, roles: set[Role]
) -> None:
    """A provider's administrator cannot make officers, nor people without a role."""
    with pytest.raises(InvalidInput) as refusal:
        invite_colleague(
            place=provider,
            name="Demo",
            email="demo@people.example",
            roles=roles,
            actor=administrator,
            keys=keys,
            now=NOW,
        )
    assert refusal.value.field == "roles"


def test_an_authority_s_administrator_makes_officers(keys: KeyFolder) -> None:
    """The same way leads into a contracting authority, where some roles wait for a second person."""
    authority = make_authority()
    actor = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    person, _ = invited(authority, actor, keys, Role.OPENER, Role.AUDITOR)
    held = actor_of(person)
    assert (held.authority_id, held.authority_roles) == (authority.id, {Role.AUDITOR})


def test_ended_access_is_over_at_once(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The colleague's roles and sessions end; the record says which roles."""
    person = make_person(Role.SUBMITTER, provider=provider)
    token = start_session(user_id=person.id, now=NOW)
    db.session.flush()
    end_access(place=provider, person=person, actor=administrator, now=NOW)
    assert find_signed_in(token, NOW) is None
    assert actor_of(person).roles == frozenset()
    (event,) = events_of("system")
    assert (event.kind, event.data["roles"]) == (EventKind.MEMBERSHIP_ENDED, ["submitter"])


def test_nobody_ends_their_own_access_or_a_stranger_s(provider: Provider, keys: KeyFolder) -> None:
    """An organisation keeps the administrator who acts, and reaches nobody outside it."""
    person = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    with pytest.raises(InvalidInput, match="your own"):
        end_access(place=provider, person=person, actor=actor_of(person), now=NOW)
    with pytest.raises(NotFound):
        end_access(place=provider, person=make_person(Role.SUBMITTER), actor=actor_of(person), now=NOW)


def test_colleagues_are_listed_with_their_state(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The list tells who has joined, who has a second factor, and nobody of another organisation."""
    invited(provider, administrator, keys, Role.CONTRIBUTOR, Role.SUBMITTER)
    make_person(Role.SUBMITTER)
    first, second = sorted(colleagues_of(provider), key=lambda colleague: colleague.awaits_joining)
    assert (first.roles, first.has_factor) == ((Role.PROVIDER_ADMINISTRATOR,), True)
    assert (second.roles, second.has_factor) == ((Role.CONTRIBUTOR, Role.SUBMITTER), False)
