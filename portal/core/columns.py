"""Column types that mean one thing everywhere."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, Computed, Enum, Numeric, Text, func
from sqlalchemy.orm import MappedColumn, mapped_column

from portal.extensions import Model, db

__all__ = [
    "Amount",
    "CreatedAt",
    "Id",
    "Marks",
    "Model",
    "ScoreValue",
    "Weight",
    "db",
    "folded",
    "one_of",
    "state_matches",
]

Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
"""A random identifier: it tells nobody how many there are or which came first."""

CreatedAt = Annotated[datetime, mapped_column(server_default=func.clock_timestamp())]
Amount = Annotated[Decimal, mapped_column(Numeric(14, 2))]
"""Pounds and pence."""
Weight = Annotated[Decimal, mapped_column(Numeric(9, 4))]
"""A weight out of 100 among its siblings."""
ScoreValue = Annotated[Decimal, mapped_column(Numeric(9, 3))]
"""A score on a published scale."""
Marks = Annotated[Decimal, mapped_column(Numeric(20, 9))]


def one_of(values: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A text column that holds one of an enumeration's values, held by a named CHECK in the database."""
    name = "".join("_" + c.lower() if c.isupper() else c for c in values.__name__).lstrip("_")
    kind = Enum(
        values,
        native_enum=False,
        length=40,
        create_constraint=True,
        name=name,
        values_callable=lambda enumeration: [member.value for member in enumeration],
    )
    return mapped_column(kind, **options)


def folded(column: str, **options: Any) -> MappedColumn[str]:
    """The column as it is searched and sorted: without case, accents, apostrophes and punctuation.

    The database keeps it (its function `fold`); what is compared with it goes through `func.fold`.
    """
    return mapped_column(Text(collation="C"), Computed(f"fold({column})", persisted=True), **options)


def state_matches(states: tuple[StrEnum, ...], column: str, *, name: str) -> CheckConstraint:
    """A CHECK that a timestamp is set exactly when the status is one of `states`: the two cannot disagree."""
    listed = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"(status IN ({listed})) = ({column} IS NOT NULL)", name=name)
