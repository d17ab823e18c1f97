"""Reading people."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select, union

from portal.accounts.factor_models import Passkey
from portal.accounts.models import GrantStatus, HeldRole, RoleGrant, User
from portal.accounts.people import place_key
from portal.audit.models import Event
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Actor, Role
from portal.organisations.models import ContractingAuthority, Provider
from portal.organisations.queries import authority_with_id, provider_with_id


@dataclass(frozen=True)
class Colleague:
    """A person as their organisation sees them."""

    id: uuid.UUID
    name: str
    email: str | None
    roles: tuple[Role, ...]
    waiting: tuple[Role, ...]
    """Roles that wait for a second person."""
    has_factor: bool
    awaits_joining: bool


def names_by_id(*user_ids: uuid.UUID | None) -> dict[uuid.UUID, str]:
    """The names of people by their identifiers."""
    wanted = [user_id for user_id in user_ids if user_id is not None]
    found = db.session.scalars(select(User).where(User.id.in_(wanted))) if wanted else ()
    return {person.id: person.display_name for person in found}


def who_acted(events: Sequence[Event]) -> dict[uuid.UUID, str]:
    """What whoever did each is called, with for whom they stood in; nothing of what the portal did by itself."""
    absent = {event.id: [uuid.UUID(one) for one in event.data.get("standing_in_for", ())] for event in events}
    names = names_by_id(*(event.actor_id for event in events), *(one for every in absent.values() for one in every))
    called = {}
    for event in events:
        if event.actor_id in names:
            stood_in_for = " and ".join(names[one] for one in absent[event.id])
            called[event.id] = names[event.actor_id] + (f", standing in for {stood_in_for}" if stood_in_for else "")
    return called


def organisation_of(actor: Actor) -> Provider | ContractingAuthority:
    """The provider or contracting authority that the person works for; `NotFound` for people of neither."""
    if actor.authority_id is not None:
        return authority_with_id(actor.authority_id)
    return provider_with_id(actor.provider_id)


def person_with_id(user_id: uuid.UUID) -> User:
    """The person."""
    return db.session.get_one(User, user_id)


def names_of(people: Collection[uuid.UUID]) -> list[str]:
    """What the people are called, in order."""
    return sorted(names_by_id(*people).values())


def colleagues_of(place: Provider | ContractingAuthority) -> list[Colleague]:
    """Everybody with a role in the provider or the authority, or one that waits there, by name (one statement)."""
    held = select(func.array_agg(HeldRole.role)).where(HeldRole.user_id == User.id, *_in(place))
    waiting = select(func.array_agg(RoleGrant.role)).where(RoleGrant.user_id == User.id, *_waits_in(place))
    rows = db.session.execute(
        select(
            User,
            held.scalar_subquery().label("held"),
            waiting.scalar_subquery().label("waiting"),
            exists().where(Passkey.user_id == User.id),
        ).where(_belongs_to(place))
    )
    colleagues = [
        Colleague(
            id=person.id,
            name=person.display_name,
            email=person.email,
            roles=in_order(held_roles),
            waiting=in_order(waiting_roles),
            has_factor=person.totp_sealed is not None or has_passkey,
            awaits_joining=person.awaits_joining,
        )
        for person, held_roles, waiting_roles, has_passkey in rows
    ]
    # Names are sealed, so the database cannot sort by them; an organisation's people are few.
    return sorted(colleagues, key=lambda colleague: (colleague.name.casefold(), colleague.id))


def colleague_of(place: Provider | ContractingAuthority, user_id: uuid.UUID) -> User:
    """One person with a role in the provider or the authority, or one that waits there, or `NotFound`."""
    person = db.session.scalar(select(User).where(User.id == user_id, _belongs_to(place)))
    if person is None:
        raise NotFound("There is no such colleague.")
    return person


def roles_in(place: Provider | ContractingAuthority) -> frozenset[Role]:
    """The roles that there are in such a place."""
    return PROVIDER_ROLES if isinstance(place, Provider) else AUTHORITY_ROLES


def roles_of(place: Provider | ContractingAuthority, person: User) -> tuple[Role, ...]:
    """The roles that somebody holds in the place, and those that wait for a second person."""
    waiting = select(RoleGrant.role).where(RoleGrant.user_id == person.id, *_waits_in(place))
    held = {row.role for row in held_roles(place, person)}
    return in_order(held.union(db.session.scalars(waiting)) & roles_in(place))


def held_roles(place: Provider | ContractingAuthority, person: User) -> list[HeldRole]:
    """The roles in force that somebody holds in the place."""
    held = select(HeldRole).where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None))
    return list(db.session.scalars(held.filter_by(**place_key(place)).order_by(HeldRole.role)))


def in_order(roles: Collection[Role] | None) -> tuple[Role, ...]:
    """The roles in the order of a procurement."""
    return tuple(role for role in Role if role in (roles or []))


def words_about(person: User) -> list[str | None]:
    """What is known of a person and makes no password: name, e-mail address, their organisations' names."""
    held = select(Provider.name).join(HeldRole, HeldRole.provider_id == Provider.id)
    of_authority = select(ContractingAuthority.name).join(HeldRole, HeldRole.authority_id == ContractingAuthority.id)
    places = union(*(each.where(HeldRole.user_id == person.id) for each in (held, of_authority)))
    return [person.display_name, person.email, *db.session.scalars(places)]


def _belongs_to(place: Provider | ContractingAuthority) -> ColumnElement[bool]:
    return or_(
        exists().where(HeldRole.user_id == User.id, *_in(place)),
        exists().where(RoleGrant.user_id == User.id, *_waits_in(place)),
    )


def _in(place: Provider | ContractingAuthority) -> tuple[ColumnElement[bool], ...]:
    column = HeldRole.provider_id if isinstance(place, Provider) else HeldRole.authority_id
    return (column == place.id, HeldRole.ended_at.is_(None))


def _waits_in(place: Provider | ContractingAuthority) -> tuple[ColumnElement[bool], ...]:
    column = RoleGrant.provider_id if isinstance(place, Provider) else RoleGrant.authority_id
    return (column == place.id, RoleGrant.status == GrantStatus.PROPOSED)
