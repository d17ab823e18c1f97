"""Letters about roles that two people give."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from portal.accounts.changing_roles import change_roles, end_access
from portal.accounts.granting import confirm_role, propose_role, refuse_role
from portal.accounts.handing_over import propose_successor
from portal.accounts.platform_people import end_platform_access
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.notifications import letters_of_roles
from portal.notifications.models import Message
from portal.organisations.models import ContractingAuthority, Provider
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.organisations import make_authority, make_provider

pytestmark = pytest.mark.usefixtures("db_session")


def administrator(authority: ContractingAuthority) -> Actor:
    """An administrator of the authority."""
    return actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))


def told(kind: EventKind) -> tuple[set[uuid.UUID], str]:
    """Who is told of the newest such event, and the body."""
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc()).limit(1)).one()
    getattr(letters_of_roles, kind.value)(event)
    messages = db.session.scalars(select(Message).where(Message.event_id == event.id)).all()
    return {message.user_id for message in messages}, messages[0].body


def test_every_administrator_hears_at_each_step() -> None:
    """Of the proposal and of the confirmation, the person as well of the latter; nobody of another authority."""
    authority = make_authority(administrators=0)
    first, second = administrator(authority), administrator(authority)
    make_person(Role.PLATFORM_ADMINISTRATOR)
    administrator(make_authority())
    person = make_person()
    waiting = propose_role(person=person, role=Role.OPENER, authority=authority, actor=first)
    assert told(EventKind.ROLE_PROPOSED)[0] == {first.user_id, second.user_id}
    confirm_role(role_id=waiting.id, actor=second, now=clock.now())
    assert told(EventKind.ROLE_CONFIRMED)[0] == {first.user_id, second.user_id, person.id}


def test_a_refusal_tells_the_reason_to_the_administrators() -> None:
    """Not to the person, who may never have heard of it."""
    authority = make_authority(administrators=0)
    first, second = administrator(authority), administrator(authority)
    waiting = propose_role(person=make_person(), role=Role.OPENER, authority=authority, actor=first)
    refuse_role(role_id=waiting.id, reason="Nobody here knows this person.", actor=second, now=clock.now())
    people, body = told(EventKind.ROLE_REFUSED)
    assert people == {first.user_id, second.user_id}
    assert "Nobody here knows this person." in body


def test_the_platform_hears_where_nobody_else_can_confirm() -> None:
    """An only administrator's proposal goes to the platform's administrators too."""
    authority = make_authority(administrators=0)
    first, platform = administrator(authority), make_person(Role.PLATFORM_ADMINISTRATOR)
    propose_role(person=make_person(), role=Role.AUTHORITY_ADMINISTRATOR, authority=authority, actor=first)
    assert told(EventKind.ROLE_PROPOSED)[0] == {first.user_id, platform.id}


def test_whose_roles_were_changed_hears_what_they_may_do_and_what_has_ended() -> None:
    """In words, from whom, and nobody else; who gives up a role of their own is told nothing."""
    provider = make_provider()
    actor = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    person = make_person(Role.CONTRIBUTOR, provider=provider)
    change_roles(place=provider, person=person, roles={Role.SUBMITTER}, actor=actor, now=clock.now())
    people, body = told(EventKind.ROLES_CHANGED)
    assert people == {person.id}
    assert f"what you may do at {provider.name}" in body
    assert "as: submitter." in body
    assert "This has ended: contributor." in body
    assert "waiting" not in body
    both = {Role.SUBMITTER, Role.PROVIDER_ADMINISTRATOR}
    change_roles(place=provider, person=person, roles=both, actor=actor, now=clock.now())
    change_roles(place=provider, person=person, roles={Role.SUBMITTER}, actor=actor_of(person), now=clock.now())
    event = db.session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    letters_of_roles.roles_changed(event)
    assert db.session.scalar(select(func.count(Message.id)).where(Message.event_id == event.id)) == 0


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.AUDITOR, Role.PLATFORM_ADMINISTRATOR])
def test_whose_access_was_ended_hears_it_and_what_is_still_theirs(role: Role, client: CheckedClient) -> None:
    """In words for them, whatever place it was, and nobody else; what the letter says they can still do, they can."""
    place: Provider | ContractingAuthority | None
    if role is Role.PLATFORM_ADMINISTRATOR:
        place, name = None, "the running of this portal"
        person, actor = make_person(role), actor_of(make_person(role))
        end_platform_access(person=person, actor=actor, now=clock.now())
    else:
        place = make_provider() if role is Role.CONTRIBUTOR else make_authority()
        key, above = (
            ("provider", Role.PROVIDER_ADMINISTRATOR)
            if isinstance(place, Provider)
            else ("authority", Role.AUTHORITY_ADMINISTRATOR)
        )
        name, actor = place.name, actor_of(make_person(above, **{key: place}))
        person = make_person(role, **{key: place})
        end_access(place=place, person=person, actor=actor, now=clock.now())
    people, body = told(EventKind.MEMBERSHIP_ENDED)
    assert people == {person.id}
    assert f"has ended your access to {name}. You were: {role.value.replace('_', ' ')}." in body
    sign_in(client, person)
    pages = ("/account", "/account/inbox", "/account/your-data", "/account/your-data/erasure")
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_of_a_successor_the_platform_s_others_hear_and_whoever_is_said_to_be_gone() -> None:
    """The latter with whom to answer; once confirmed the new administrator, and the former one."""
    provider = make_provider()
    gone, heir = (make_person(role, provider=provider) for role in (Role.PROVIDER_ADMINISTRATOR, Role.CONTRIBUTOR))
    first, second = (make_person(Role.PLATFORM_ADMINISTRATOR) for _ in range(2))
    words = "They wrote on paper, and I called the number in the register."
    said = {"former": gone.email, "email": heir.email, "name": "", "asked": words, "checked": words}
    waiting = propose_successor(**said, actor=actor_of(first), now=clock.now())
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.ROLE_PROPOSED)).one()
    letters_of_roles.role_proposed(event)
    told_of = {(one.user_id, one.kind) for one in db.session.scalars(select(Message))}
    assert told_of == {(second.id, "accounts/successor_proposed"), (gone.id, "accounts/successor_announced")}
    assert words not in "".join(one.body for one in db.session.scalars(select(Message)))
    confirm_role(role_id=waiting.id, actor=actor_of(second), now=clock.now())
    people, body = told(EventKind.ROLE_CONFIRMED)
    assert people == {gone.id, heir.id}
    assert provider.name in body
