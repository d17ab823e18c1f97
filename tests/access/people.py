"""Who walks through the matrix, and what belongs to whom: written down apart from the code that it is compared with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.core.permissions import AUTHORITY_ROLES, Role
from portal.evaluation.models import PanelMember
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from portal.scenarios import people
from portal.scenarios.matrix_people import PLACES, PLATFORM, SOUTH

Place = uuid.UUID | str
THE_PLATFORM = "the platform"
WHO_CHECKS = "the administrators of every authority"


@dataclass(frozen=True)
class Person:
    """Somebody with one role, and where they hold it; a visitor has neither."""

    name: str
    user_id: uuid.UUID | None = None
    role: Role | None = None
    places: frozenset[Place] = frozenset()


VISITOR = Person("a visitor")


def walkers(things: Iterable[Any]) -> Iterator[Person]:
    """A visitor, the platform's administrator, everybody of both authorities and both providers, and young people.

    Of those one for each panel among the things: they sit on one panel alone.
    """
    yield VISITOR
    yield Person(PLATFORM.name, people.person_of(PLATFORM).id, Role.PLATFORM_ADMINISTRATOR, frozenset({THE_PLATFORM}))
    for place in PLACES:
        for role, part in place.people.items():
            yield _person(part.name, people.person_of(part).id, role)
    panels = [thing.panel_id for thing in things if thing.policy_object == "panel"]
    seats = select(PanelMember).where(
        PanelMember.panel_id.in_(panels),
        PanelMember.role == MemberRole.YOUNG_MEMBER,
        PanelMember.removed_at.is_(None),
    )
    by_panel = {seat.panel_id: seat for seat in db.session.scalars(seats.order_by(PanelMember.id.desc()))}
    for seat in by_panel.values():
        yield _person(f"{seat.alias} of “{seat.panel.itt.title}”", seat.user_id, Role.YOUNG_MEMBER)


def _person(name: str, user_id: uuid.UUID, role: Role) -> Person:
    held = db.session.scalars(select(HeldRole).where(HeldRole.user_id == user_id, HeldRole.ended_at.is_(None)))
    places: set[Place] = {row.panel_id or row.provider_id or row.authority_id for row in held}  # type: ignore[misc]
    if role is Role.AUTHORITY_ADMINISTRATOR:
        places.add(WHO_CHECKS)
    return Person(name, user_id, role, frozenset(places))


def _of_whoever_lost_it(lost: Any) -> set[Place]:
    held = [row for row in lost.user.held_roles if row.ended_at is None]
    near: set[Place] = {row.provider_id or row.authority_id for row in held}
    works_for_council = any(row.role in AUTHORITY_ROLES for row in held)
    return near | {THE_PLATFORM} | (set() if works_for_council else {WHO_CHECKS})


BELONGS: Mapping[str, Callable[[Any], set[Place | None]]] = {
    "absence": lambda it: {it.provider_id} if it.authority_id is None else {it.authority_id, THE_PLATFORM},
    "addendum": lambda it: {it.itt.authority_id},
    "admission": lambda it: {it.provider_id, it.framework.authority_id},
    # A draft is the provider's alone.
    "application": lambda it: {it.provider_id, it.framework.authority_id if it.version else None},
    "authority": lambda it: {it.id, THE_PLATFORM},
    "award": lambda it: {it.itt.authority_id},
    "bid": lambda it: {it.provider_id},
    "clarification": lambda it: {it.provider_id, it.itt.authority_id},
    "correspondence": lambda it: {it.provider_id, it.itt.authority_id},
    "decline": lambda it: {it.provider_id},
    "ending": lambda it: {it.itt.authority_id},
    "enquiry": lambda it: {it.bid.provider_id, it.itt.authority_id},
    "erasure": lambda it: {it.authority_id, it.provider_id, THE_PLATFORM},
    "framework": lambda it: {it.authority_id},
    "held_words": lambda it: {it.panel_id, it.work.itt.authority_id},
    "help_request": lambda it: {it.provider_id, it.itt.authority_id},
    "identity_decision": lambda it: {it.framework.authority_id if it.framework else THE_PLATFORM},
    "itt": lambda it: {it.authority_id},
    "judgement": lambda it: {it.itt.authority_id},
    "lost_factor": _of_whoever_lost_it,  # type: ignore[dict-item]
    "mitigation": lambda it: {it.itt.authority_id},
    "number_claim": lambda it: {it.holder_id, THE_PLATFORM, WHO_CHECKS},
    "panel": lambda it: {it.panel_id, it.itt.authority_id},
    "provider": lambda it: {it.id, THE_PLATFORM, WHO_CHECKS},
    "role": lambda it: {THE_PLATFORM} if it.is_successor else {it.authority_id, THE_PLATFORM},
    "setting": lambda it: {it.provider_id},
    "setting_aside": lambda it: {it.itt.authority_id},
    "summary": lambda it: {it.bid.provider_id, it.decision.itt.authority_id},
    "undertaking": lambda it: {it.provider_id},
    "suspension": lambda it: {it.authority_id or THE_PLATFORM},
}
"""Whose people a thing exists for."""


def is_of_the_matrix(thing: Any) -> bool:
    """Whether it is of the first authority or of a provider: the second authority's are the first one's mirror."""
    south = select(ContractingAuthority.id).where(ContractingAuthority.name == SOUTH)
    itt = getattr(thing, "itt", None)
    return db.session.scalar(south) not in {getattr(itt, "authority_id", None), *BELONGS[thing.policy_object](thing)}


def how_many_walk(thing: Any) -> int:
    """How many of the organisations that it belongs to have somebody of each role who walks."""
    names = [place.name for place in PLACES]
    ours = {
        found
        for model in (ContractingAuthority, Provider)
        for found in db.session.scalars(select(model.id).where(model.name.in_(names)))
    }
    return len(BELONGS[thing.policy_object](thing) & ours)


def is_theirs(person: Person, thing: Any) -> bool:
    """Whether the thing exists for the person."""
    return bool(person.places & BELONGS[thing.policy_object](thing))
