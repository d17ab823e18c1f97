"""Maps of authorities."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.localities.changing import add_locality
from portal.localities.models import Locality
from portal.organisations.models import ContractingAuthority
from tests.factories.accounts import actor_of, make_person


def map_maker(authority: ContractingAuthority) -> Actor:
    """An administrator of the authority."""
    return actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))


def locality(
    name: str, actor: Actor, *, parent: Locality | None = None, people: Collection[uuid.UUID] = ()
) -> Locality:
    """A locality on the map of the actor's authority."""
    return add_locality(
        authority=db.session.get_one(ContractingAuthority, actor.authority_id),
        name=name,
        parent_id=parent.id if parent is not None else None,
        people=people,
        actor=actor,
    )
