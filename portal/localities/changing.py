"""Draw the map of an authority: its localities, what each lies in, and who works for it."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from portal.accounts.queries import colleagues_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock
from portal.core.uniqueness import unless_taken
from portal.localities.models import Locality, LocalityMember
from portal.localities.queries import places_of, within
from portal.organisations.models import ContractingAuthority

NAME_LENGTH = 100
DEEPEST = 4
"""Levels: district, partnership, delivery group, and one to spare."""
MOST = 200


def add_locality(
    *,
    authority: ContractingAuthority,
    name: str,
    parent_id: uuid.UUID | None,
    people: Collection[uuid.UUID],
    actor: Actor,
) -> Locality:
    """Add a locality to the authority's map.

    Records LOCALITY_ADDED. Raises `InvalidInput` (`name`) without a name, for one that is too long, taken, or one too
    many, (`parent`) for a place that is not on the map or too deep in it, (`people`) for somebody else's people.
    """
    _take_map(authority, actor)
    if len(places_of(authority.id)) >= MOST:
        raise InvalidInput(f"A map has at most {MOST} localities.", field="name")
    made = Locality(id=uuid.uuid4(), authority_id=authority.id)
    _put(made, authority, name, parent_id, people)
    record(EventKind.LOCALITY_ADDED, made, actor=actor, name=made.name)
    return made


def change_locality(
    *, locality: Locality, name: str, parent_id: uuid.UUID | None, people: Collection[uuid.UUID], actor: Actor
) -> None:
    """Change its name, what it lies in and who works for it. Records LOCALITY_CHANGED; raises as `add_locality`."""
    _take_map(locality.authority, actor)
    was = locality.name
    _put(locality, locality.authority, name, parent_id, people)
    record(EventKind.LOCALITY_CHANGED, locality, actor=actor, was=was, name=locality.name)


def remove_locality(*, locality: Locality, actor: Actor) -> None:
    """Take a locality off the map that nothing lies in and nothing was ever bought for.

    Records LOCALITY_REMOVED. Raises `Conflict` for any other.
    """
    _take_map(locality.authority, actor)
    refusals = {
        "fk_locality_parent_id": lambda: Conflict("Other localities lie in it. Remove or move them first."),
        "fk_itt_locality_id": lambda: Conflict("An invitation names it, so it stays on the map. You can rename it."),
    }
    with unless_taken(refusals):
        record(EventKind.LOCALITY_REMOVED, locality, actor=actor, name=locality.name)
        db.session.delete(locality)


def _take_map(authority: ContractingAuthority, actor: Actor) -> None:
    """One at a time: what lies in what is read and written together."""
    policy.require(actor, Verb.CHANGE_LOCALITIES, authority)
    lock(ContractingAuthority, authority.id)


def _put(
    locality: Locality,
    authority: ContractingAuthority,
    name: str,
    parent_id: uuid.UUID | None,
    people: Collection[uuid.UUID],
) -> None:
    said = require_text(one_line(name), "Give the locality a name.", field="name", most=NAME_LENGTH)
    _require_place(locality, authority, parent_id)
    colleagues = {person.id for person in colleagues_of(authority)}
    if not set(people) <= colleagues:
        raise InvalidInput("Choose people of your authority.", field="people")
    taken = InvalidInput(f"There is a locality called {said} already.", field="name")
    with unless_taken({"uq_locality_authority_id_name_fold": lambda: taken}):
        locality.name, locality.parent_id = said, parent_id
        kept = {member.user_id: member for member in locality.members}
        locality.members = [
            kept.get(user_id) or LocalityMember(user_id=user_id) for user_id in sorted(set(people), key=str)
        ]
        db.session.add(locality)


def _require_place(locality: Locality, authority: ContractingAuthority, parent_id: uuid.UUID | None) -> None:
    """Refuse a place that is not there, that lies in the locality itself, or that leaves no level for it."""
    if parent_id is None:
        return
    places = places_of(authority.id)
    by_id = {place.locality.id: place for place in places}
    own = within(places, locality.id)
    if parent_id not in by_id:
        raise InvalidInput("Choose a locality of your authority.", field="parent")
    if parent_id in own:
        raise InvalidInput("A locality cannot lie in itself, nor in one that lies in it.", field="parent")
    levels = 1 + max((by_id[each].depth for each in own & by_id.keys()), default=0)
    levels -= by_id[locality.id].depth if locality.id in by_id else 0
    if by_id[parent_id].depth + 1 + levels > DEEPEST:
        raise InvalidInput(f"A map has at most {DEEPEST} levels.", field="parent")
