"""An organisation always has an administrator: the last one hands over before they go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from portal.accounts.models import HeldRole, User
from portal.accounts.people import place_key
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.organisations.models import ContractingAuthority, Provider

ADMINISTRATORS = (Role.PROVIDER_ADMINISTRATOR, Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR)
WAY_OUT = "Make somebody else an administrator first, and tell them what they take over."
NOBODY_LEFT = (
    "Is nobody left who could be? Whoever runs this site helps: see “When an administrator leaves” in the help."
)


def require_successor(person: User, place: Provider | ContractingAuthority) -> None:
    """Raise `InvalidInput` (field "roles") when nobody else administrates the place.

    Whoever asks has taken the place's row, so that of two who go at once the second is refused. An invited person who
    has not joined yet is nobody's successor.
    """
    if not has_another_administrator(person, place):
        raise InvalidInput(
            f"{person.display_name} is the only administrator of {place.name}. {WAY_OUT} Somebody who is invited "
            f"counts once they have joined. {NOBODY_LEFT}",
            field="roles",
        )


def has_another_administrator(person: User, place: Provider | ContractingAuthority) -> bool:
    """Whether somebody else administrates the place and can sign in."""
    return administrator_role(place) in _roles_of_others(person.id, **place_key(place))


def administrator_role(place: Provider | ContractingAuthority) -> Role:
    """What an administrator of the place is called."""
    return Role.PROVIDER_ADMINISTRATOR if isinstance(place, Provider) else Role.AUTHORITY_ADMINISTRATOR


def missing_successor(person_id: uuid.UUID) -> str | None:
    """What the person hands over before they can be erased: an organisation that would have no administrator."""
    held = select(HeldRole).where(
        HeldRole.user_id == person_id, HeldRole.role.in_(ADMINISTRATORS), HeldRole.ended_at.is_(None)
    )
    for row in db.session.scalars(held):
        others = _roles_of_others(person_id, provider_id=row.provider_id, authority_id=row.authority_id)
        # A provider that is one person alone may go with them; an authority and the platform never do.
        if row.role not in others and (others or row.provider_id is None):
            return f"You are the only administrator of {_place(row)}. {WAY_OUT}"
    return None


def _roles_of_others(
    person_id: uuid.UUID, *, provider_id: uuid.UUID | None = None, authority_id: uuid.UUID | None = None
) -> Sequence[Role]:
    """The roles that others who can sign in hold in the place; in neither, on the platform."""
    return db.session.scalars(
        select(HeldRole.role)
        .join(User, User.id == HeldRole.user_id)
        .where(
            HeldRole.user_id != person_id,
            HeldRole.ended_at.is_(None),
            User.is_active,
            User.password_hash.is_not(None),
            HeldRole.provider_id.is_not_distinct_from(provider_id),
            HeldRole.authority_id.is_not_distinct_from(authority_id),
            HeldRole.panel_id.is_(None),
        )
    ).all()


def _place(role: HeldRole) -> str:
    if role.provider_id is not None:
        return db.session.get_one(Provider, role.provider_id).name
    if role.authority_id is not None:
        return db.session.get_one(ContractingAuthority, role.authority_id).name
    return "the portal"
