"""What the worked example of a draft is to achieve, there to be changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal

from portal.tendering.specification_models import LineKind, MeasurePeriod, SpecificationLine, TargetSide

# (words, unit, target, side, period), each outcome with its (kind, line) parts; unit "" where nothing is counted
Line = tuple[str, str, int | None, TargetSide | None, MeasurePeriod | None]
OUTCOMES: tuple[tuple[Line, tuple[tuple[LineKind, Line], ...]], ...] = (
    (
        (
            "Children and families get help before a problem grows",
            "% of families who say that things are better",
            75,
            TargetSide.AT_LEAST,
            MeasurePeriod.QUARTER,
        ),
        (
            (
                LineKind.OUTPUT,
                (
                    "Families have a first conversation soon after they ask",
                    "working days of waiting",
                    5,
                    TargetSide.AT_MOST,
                    MeasurePeriod.MONTH,
                ),
            ),
            (LineKind.ACTIVITY, ("One place to ask, open after school and in the holidays", "", None, None, None)),
        ),
    ),
    (
        ("Young people help to run the service", "", None, None, None),
        (
            (
                LineKind.OUTPUT,
                (
                    "A youth board meets, and what it asked for is answered",
                    "meetings",
                    4,
                    TargetSide.AT_LEAST,
                    MeasurePeriod.YEAR,
                ),
            ),
        ),
    ),
)


def example_outcomes(itt_id: uuid.UUID) -> Iterator[SpecificationLine]:
    """The lines of the example for an invitation, each outcome before what is under it."""
    position = 0
    for head, parts in OUTCOMES:
        outcome_id = uuid.uuid4()
        for kind, line in ((LineKind.OUTCOME, head), *parts):
            position += 1
            above = None if kind is LineKind.OUTCOME else outcome_id
            made = _line(itt_id, position, kind, above, line)
            if above is None:
                made.id = outcome_id
            yield made


def _line(
    itt_id: uuid.UUID, position: int, kind: LineKind, outcome_id: uuid.UUID | None, line: Line
) -> SpecificationLine:
    words, unit, target, side, period = line
    return SpecificationLine(
        itt_id=itt_id,
        outcome_id=outcome_id,
        position=position,
        kind=kind,
        words=words,
        unit=unit,
        target=Decimal(target) if target is not None else None,
        side=side,
        period=period,
    )
