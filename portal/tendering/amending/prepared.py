"""What is prepared of a change and belongs to no addendum yet: officers alone know of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.states import ChangedPart
from portal.tendering.models import AwardCriterion, InvitationToTender, Question

NAMES = frozenset({"id", "itt_id", "key"})
"""Columns that say which question or criterion it is: they never change."""


def prepared_changes(itt_id: uuid.UUID) -> Sequence[MethodChange]:
    """Everything that is prepared."""
    return db.session.scalars(
        select(MethodChange)
        .where(MethodChange.itt_id == itt_id, MethodChange.addendum_id.is_(None))
        .order_by(MethodChange.part, MethodChange.key)
    ).all()


def prepared_change(itt_id: uuid.UUID, part: ChangedPart, key: str) -> MethodChange | None:
    """What is prepared of one question or criterion."""
    return next((each for each in prepared_changes(itt_id) if (each.part, each.key) == (part, key)), None)


def hold(
    itt: InvitationToTender,
    part: ChangedPart,
    key: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> MethodChange:
    """Prepare a change, instead of what was prepared of the same before."""
    change = prepared_change(itt.id, part, key)
    if change is None:
        change = MethodChange(itt_id=itt.id, part=part, key=key)
        db.session.add(change)
    change.before, change.after = before, after
    db.session.flush()
    return change


def drop_prepared(*, itt: InvitationToTender, part: ChangedPart, key: str, actor: Actor) -> None:
    """Let go what is prepared of a question or a criterion; raises `NotFound` once it belongs to an addendum."""
    take(itt, Verb.PROPOSE_ADDENDUM, actor=actor)
    change = prepared_change(itt.id, part, key)
    if change is None:
        raise NotFound("Nothing of this is prepared any more.")
    db.session.delete(change)


def columns_of(row: Question | AwardCriterion) -> dict[str, Any]:
    """The columns of a row as JSON, but for those that name it."""
    names = (column.key for column in row.__table__.columns if column.key not in NAMES)
    return {name: as_json(getattr(row, name)) for name in names}


def as_json(value: Any) -> Any:
    """The value of a column as JSON has it."""
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if isinstance(value, uuid.UUID) else value
