"""Reading people."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true

from portal.accounts.models import AccessCard, CardPurpose, Membership, User
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Role
from portal.organisations.models import ContractingAuthority, Provider
from portal.organisations.queries import authority_with_id, provider_with_id


@dataclass(frozen=True)
class Colleague:
    """A person as their organisation sees them."""

    id: uuid.UUID
    name: str
    email: str | None
    roles: tuple[Role, ...]
    has_factor: bool
    awaits_joining: bool


def organisation_of(actor: Actor) -> Provider | ContractingAuthority:
    """The provider or contracting authority that the person works for; `NotFound` for people of neither."""
    if actor.authority_id is not None:
        return authority_with_id(actor.authority_id)
    return provider_with_id(actor.provider_id)


def colleagues_of(place: Provider | ContractingAuthority) -> list[Colleague]:
    """Everybody with a role in the provider or the authority, by name (one statement)."""
    joining = (
        select(func.count(AccessCard.id).label("codes"), func.count(AccessCard.used_at).label("used"))
        .where(AccessCard.user_id == User.id, AccessCard.purpose == CardPurpose.JOINING)
        .lateral()
    )
    rows = db.session.execute(
        select(User, func.array_agg(Membership.role), joining.c.codes, joining.c.used)
        .join(Membership, Membership.user_id == User.id)
        .join(joining, true())
        .where(_in(place), Membership.ended_at.is_(None))
        .group_by(User.id, joining.c.codes, joining.c.used)
        .order_by(User.display_name, User.id)
    )
    return [
        Colleague(
            id=person.id,
            name=person.display_name,
            email=person.email,
            roles=tuple(role for role in Role if role.value in roles or role in roles),
            has_factor=person.totp_sealed is not None,
            awaits_joining=bool(codes) and not used,
        )
        for person, roles, codes, used in rows
    ]


def colleague_of(place: Provider | ContractingAuthority, user_id: uuid.UUID) -> User:
    """One person with a role in the provider or the authority, or `NotFound`."""
    person = db.session.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, _in(place), Membership.ended_at.is_(None))
        .limit(1)
    )
    if person is None:
        raise NotFound("There is no such colleague.")
    return person


def _in(place: Provider | ContractingAuthority) -> ColumnElement[bool]:
    if isinstance(place, Provider):
        return Membership.provider_id == place.id
    return Membership.authority_id == place.id
