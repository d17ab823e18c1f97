"""Reading the localities of an authority."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.localities.models import Locality


@dataclass(frozen=True)
class Place:
    """A locality in its tree: `depth` 0 lies in no other, and `path` names what it lies in, the widest first."""

    locality: Locality
    depth: int
    path: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Its name with what it lies in."""
        return ", ".join((self.locality.name, *reversed(self.path)))


def places_of(authority_id: uuid.UUID) -> list[Place]:
    """The localities of an authority with their people, each followed by what lies in it, by name. Two statements."""
    found = db.session.scalars(
        select(Locality)
        .where(Locality.authority_id == authority_id)
        .options(selectinload(Locality.members))
        .order_by(Locality.name_fold, Locality.id)
    ).all()
    beneath: dict[uuid.UUID | None, list[Locality]] = {}
    for locality in found:
        beneath.setdefault(locality.parent_id, []).append(locality)
    return list(_walk(beneath, None, ()))


def find_locality(locality_id: uuid.UUID, authority_id: uuid.UUID) -> Locality:
    """The authority's locality; `NotFound` for another's, and for none."""
    found = db.session.get(Locality, locality_id)
    if found is None or found.authority_id != authority_id:
        raise NotFound("There is no such locality.")
    return found


def within(places: Sequence[Place], locality_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The locality and everything that lies in it."""
    found = {locality_id}
    for place in places:
        if place.locality.parent_id in found:
            found.add(place.locality.id)
    return frozenset(found)


def _walk(
    beneath: Mapping[uuid.UUID | None, Sequence[Locality]], parent_id: uuid.UUID | None, path: tuple[str, ...]
) -> Iterator[Place]:
    for locality in beneath.get(parent_id, ()):
        yield Place(locality, len(path), path)
        yield from _walk(beneath, locality.id, (*path, locality.name))
