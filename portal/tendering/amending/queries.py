"""Reading addenda."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.tendering.amending.models import Addendum, MethodChange
from portal.tendering.amending.states import AddendumStatus


def published_addenda(itt_id: uuid.UUID) -> Sequence[Addendum]:
    """What was changed since publication, the newest first."""
    return db.session.scalars(
        select(Addendum)
        .where(Addendum.itt_id == itt_id, Addendum.status == AddendumStatus.PUBLISHED)
        .options(selectinload(Addendum.method_changes))
        .order_by(Addendum.number.desc())
    ).all()


def changes_by_version(itt_id: uuid.UUID) -> Sequence[MethodChange]:
    """What addenda changed of method and questions since publication, the first addendum first."""
    return db.session.scalars(
        select(MethodChange)
        .join(MethodChange.addendum)
        .where(MethodChange.itt_id == itt_id, Addendum.status == AddendumStatus.PUBLISHED)
        .order_by(Addendum.number, MethodChange.part, MethodChange.key)
        .options(contains_eager(MethodChange.addendum))
    ).all()


def since_version(changes: Sequence[MethodChange], version: int, lot_id: uuid.UUID) -> list[MethodChange]:
    """Those of the changes that came after that version of method and questions and concern the lot."""
    return [
        change
        for change in changes
        if change.addendum and (change.addendum.method_version or 0) > version and change.concerns(lot_id)
    ]


def overtaking(changes: Sequence[MethodChange], version: int, lot_id: uuid.UUID) -> list[int]:
    """The numbers of the addenda that overtook a bid for the lot which answers that version."""
    numbers = {change.addendum.number for change in since_version(changes, version, lot_id) if change.addendum}
    return sorted(number for number in numbers if number is not None)


def addenda_of(itt_id: uuid.UUID) -> Sequence[Addendum]:
    """Every addendum of the invitation, waiting and refused ones too, the newest first: for officers."""
    return db.session.scalars(
        select(Addendum)
        .where(Addendum.itt_id == itt_id)
        .options(joinedload(Addendum.itt))
        .order_by(Addendum.proposed_at.desc(), Addendum.id)
    ).all()


def addendum_with_id(itt_id: uuid.UUID, addendum_id: uuid.UUID) -> Addendum:
    """Find an addendum of the invitation; raises `NotFound`."""
    found = db.session.scalars(
        select(Addendum).where(Addendum.itt_id == itt_id, Addendum.id == addendum_id).options(joinedload(Addendum.itt))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such change.")
    return found
