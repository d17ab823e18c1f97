"""Colleagues come in by a link that is mailed, and leave at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.card_models import CardPurpose
from portal.accounts.changing_roles import end_access
from portal.accounts.handed_codes import hand_out
from portal.accounts.inviting import invite_colleague, join, join_with_code, renew_invitation
from portal.accounts.link_models import LinkPurpose
from portal.accounts.mailed_links import LinkGone, issue_link, token_of
from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.accounts.queries import colleagues_of
from portal.accounts.sessions import find_signed_in, start_session
from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.accounts import PASSWORD, actor_of, make_person
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


def invited(place: Provider | ContractingAuthority, actor: Actor, *roles: Role, **typed: str) -> User:
    """A new colleague."""
    made: dict[str, Any] = {"name": "Demo Colleague", "email": "colleague@people.example"} | typed
    return invite_colleague(place=place, roles=set(roles or {Role.CONTRIBUTOR}), actor=actor, now=NOW, **made)


def link_of(person: User, keys: KeyFolder) -> str:
    """The token of the newest invitation, as its letter makes it."""
    newest = select(Event).where(Event.kind == EventKind.MEMBER_INVITED).order_by(Event.seq.desc()).limit(1)
    event = db.session.scalars(newest).one()
    link = issue_link(event=event, user_id=person.id, purpose=LinkPurpose.JOIN, keys=keys, now=NOW)
    assert link is not None
    return token_of(link, keys)


def joined(token: str, *, days: float = 0, password: str = NEW_PASSWORD) -> User:
    """Use the link, some days later."""
    return join(token=token, password=password, now=NOW + timedelta(days=days))


def test_a_colleague_joins_with_the_link(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The link lets the colleague choose a password and proves the address; roles are those that were given."""
    person = invited(provider, administrator, Role.CONTRIBUTOR, Role.SUBMITTER)
    assert (person.awaits_joining, person.email_confirmed_at) == (True, None)
    assert joined(link_of(person, keys)) is person
    assert password_matches(person.password_hash, NEW_PASSWORD)
    assert (person.awaits_joining, person.email_confirmed_at) == (False, NOW)
    assert actor_of(person).provider_roles == {Role.CONTRIBUTOR, Role.SUBMITTER}
    kinds = [event.kind for event in events_of("system")]
    assert kinds == [EventKind.MEMBER_INVITED, EventKind.PERSON_REGISTERED]


def test_the_link_works_once_and_for_14_days(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """A used link, a late one and one that never was are refused alike."""
    person = invited(provider, administrator)
    token = link_of(person, keys)
    for wrong in ({"days": 14.0}, {"password": "short"}):
        with pytest.raises((LinkGone, InvalidInput)):
            joined(token, **wrong)  # type: ignore[arg-type]
    assert joined(token, days=13.9) is person
    for gone in (token, "never was"):
        with pytest.raises(LinkGone):
            joined(gone, password="another long password")
    assert password_matches(person.password_hash, NEW_PASSWORD)


def test_after_joining_there_is_nothing_to_send_again(
    provider: Provider, administrator: Actor, keys: KeyFolder
) -> None:
    """Before it there is, three times an hour."""
    person = invited(provider, administrator)
    token = link_of(person, keys)
    for _ in range(2):
        renew_invitation(place=provider, person=person, actor=administrator, now=NOW)
        link_of(person, keys)
    with pytest.raises(WrongState, match="three times"):
        renew_invitation(place=provider, person=person, actor=administrator, now=NOW)
    joined(token)
    with pytest.raises(WrongState, match="has joined"):
        renew_invitation(place=provider, person=person, actor=administrator, now=NOW)


def test_whoever_s_access_has_ended_is_invited_again(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The same person, with their name and second factor, chooses a new password; the old one is worth nothing."""
    person = make_person(Role.SUBMITTER, provider=provider, email="colleague@people.example")
    end_access(place=provider, person=person, actor=administrator, now=NOW)
    elsewhere = make_provider()
    other = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=elsewhere))
    assert invited(elsewhere, other, Role.CONTRIBUTOR) is person
    assert person.awaits_joining
    assert not password_matches(person.password_hash, PASSWORD)
    joined(link_of(person, keys))
    held = actor_of(person)
    assert (held.provider_id, held.roles, person.totp_sealed is not None) == (elsewhere.id, {Role.CONTRIBUTOR}, True)


def test_an_invitation_ends_with_the_access(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The link of somebody who was let go before joining opens nothing."""
    person = invited(provider, administrator)
    token = link_of(person, keys)
    end_access(place=provider, person=person, actor=administrator, now=NOW)
    with pytest.raises(LinkGone):
        joined(token)


def test_whoever_has_access_somewhere_is_not_invited(provider: Provider, administrator: Actor) -> None:
    """Nor somebody whose role waits for a second person."""
    make_person(Role.CONTRIBUTOR, email="colleague@people.example")
    with pytest.raises(InvalidInput) as refusal:
        invited(provider, administrator)
    assert refusal.value.field == "email"


def test_a_code_on_paper_still_joins(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """Once, without proving the address; after very many wrong ones from one place the next waits."""
    person = invited(provider, administrator)
    assert administrator.user_id is not None
    code = hand_out(
        user_id=person.id, purpose=CardPurpose.JOINING, issued_by_id=administrator.user_id, lasts=timedelta(days=1),
        keys=keys, now=NOW,
    )  # fmt: skip
    typed: dict[str, Any] = {"password": NEW_PASSWORD, "keys": keys, "now": NOW}
    assert join_with_code(code="0000-0000-0000", origin=Origin("192.0.2.1"), **typed) is None
    assert join_with_code(code=code.lower().replace("-", " "), origin=Origin("192.0.2.1"), **typed) is person
    assert (person.awaits_joining, person.email_confirmed_at) == (False, None)
    assert join_with_code(code=code, origin=Origin("192.0.2.1"), **typed) is None
    for number in range(48):
        assert join_with_code(code=f"0000-0000-{number:04}", origin=Origin("192.0.2.1"), **typed) is None
    with pytest.raises(TooManyTries):
        join_with_code(code="0000-0000-9999", origin=Origin("192.0.2.1"), **typed)


@pytest.mark.parametrize("role", [Role.SUBMITTER, Role.CONTRIBUTOR])
def test_only_the_administrator_invites(provider: Provider, keys: KeyFolder, role: Role) -> None:
    """A submitter or a contributor of the same provider may not."""
    with pytest.raises(NotAllowed):
        invited(provider, actor_of(make_person(role, provider=provider)))


def test_another_provider_does_not_exist(administrator: Actor, keys: KeyFolder) -> None:
    """An administrator cannot invite into, or learn of, somebody else's organisation."""
    with pytest.raises(NotFound):
        invited(make_provider(), administrator)


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
            now=NOW,
        )
    assert refusal.value.field == "roles"


def test_an_authority_s_administrator_makes_officers(keys: KeyFolder) -> None:
    """The same way leads into a contracting authority, where some roles wait for a second person."""
    authority = make_authority()
    actor = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    person = invited(authority, actor, Role.OPENER, Role.AUDITOR)
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
    make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    with pytest.raises(InvalidInput, match="your own"):
        end_access(place=provider, person=person, actor=actor_of(person), now=NOW)
    with pytest.raises(NotFound):
        end_access(place=provider, person=make_person(Role.SUBMITTER), actor=actor_of(person), now=NOW)


def test_colleagues_are_listed_with_their_state(provider: Provider, administrator: Actor, keys: KeyFolder) -> None:
    """The list tells who has joined, who has a second factor, and nobody of another organisation."""
    invited(provider, administrator, Role.CONTRIBUTOR, Role.SUBMITTER)
    make_person(Role.SUBMITTER)
    first, second = sorted(colleagues_of(provider), key=lambda colleague: colleague.awaits_joining)
    assert (first.roles, first.has_factor) == ((Role.PROVIDER_ADMINISTRATOR,), True)
    assert (second.roles, second.has_factor) == ((Role.CONTRIBUTOR, Role.SUBMITTER), False)
