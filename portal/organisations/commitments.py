"""What binds an organisation to its name and number: each stage says what of its own does.

An organisation that nobody knows yet corrects itself freely. Once councils have dealt with it by its name, another
name is a request that they decide. Later stages declare here, as they declare their policy rows, because no earlier
one can read them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, or_, select

from portal.core.columns import db

Commitment = Callable[[uuid.UUID], ColumnElement[bool]]
_declared: dict[str, Commitment] = {}


def declare(what: str, condition: Commitment) -> None:
    """Add what binds an organisation: a condition on its identifier."""
    _declared[what] = condition


def declared() -> Mapping[str, Commitment]:
    """Whatever binds, by its name."""
    return _declared


def is_bound(provider_id: uuid.UUID) -> bool:
    """Whether the organisation has a membership, or has sent an application or a bid; one statement."""
    conditions = [condition(provider_id) for condition in _declared.values()]
    return bool(db.session.scalar(select(or_(*conditions))))
