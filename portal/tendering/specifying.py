"""Draw up what a service is to achieve: outcomes, their outputs and activities, and what of it is measured."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import one_line, require_length, require_text
from portal.core.permissions import Actor
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.models import InvitationToTender
from portal.tendering.specification_models import LineKind, MeasurePeriod, SpecificationLine, TargetSide
from portal.tendering.specifications import line_of

MOST_LINES = 1_000
LONGEST, LONGEST_UNIT = 1_000, 80
"""Characters."""
LARGEST = Decimal(10) ** 9


@dataclass(frozen=True)
class Said:
    """What was typed about a line. Without unit, target and period nothing is measured."""

    kind: LineKind
    words: str
    unit: str = ""
    target: Decimal | None = None
    side: TargetSide = TargetSide.AT_LEAST
    period: MeasurePeriod | None = None


def add_line(
    *, itt: InvitationToTender, said: Said, outcome_id: uuid.UUID | None = None, actor: Actor
) -> SpecificationLine:
    """Add an outcome at the end, or an output or activity at the end of the outcome `outcome_id`.

    A measure is whole or none: unit, target and period. Raises `InvalidInput` beside `words`, `unit`, `target` or
    `period`; `NotFound` when the outcome is gone. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    above = line_of(itt, outcome_id).id if outcome_id is not None else None
    lines, last = db.session.execute(
        select(func.count(), func.max(SpecificationLine.position)).where(SpecificationLine.itt_id == itt.id)
    ).one()
    if lines >= MOST_LINES:
        raise InvalidInput(f"A specification has at most {MOST_LINES:,} lines.", field="words")
    line = SpecificationLine(itt_id=itt.id, outcome_id=above, position=(last or 0) + 1)
    _describe(line, said)
    db.session.add(line)
    _finish(itt, actor, line)
    return line


def change_line(*, itt: InvitationToTender, line_id: uuid.UUID, said: Said, actor: Actor) -> None:
    """Change a line; its place stays. Raises as `add_line`, and `NotFound`. Records ITT_CHANGED."""
    begin_change(itt, actor)
    line = line_of(itt, line_id)
    _describe(line, said)
    _finish(itt, actor, line)


def move_line_up(*, itt: InvitationToTender, line_id: uuid.UUID, actor: Actor) -> None:
    """Let a line change places with the one of its kind before it; the first stays. Records ITT_CHANGED."""
    begin_change(itt, actor)
    line = line_of(itt, line_id)
    before = db.session.scalars(
        select(SpecificationLine)
        .where(
            SpecificationLine.itt_id == itt.id,
            SpecificationLine.outcome_id.is_not_distinct_from(line.outcome_id),
            SpecificationLine.kind == line.kind,
            SpecificationLine.position < line.position,
        )
        .order_by(SpecificationLine.position.desc())
        .limit(1)
    ).one_or_none()
    if before is not None:
        before.position, line.position = line.position, before.position
    _finish(itt, actor, line)


def remove_line(*, itt: InvitationToTender, line_id: uuid.UUID, actor: Actor) -> None:
    """Remove a line; with an outcome goes what is under it. Raises `NotFound`. Records ITT_CHANGED."""
    begin_change(itt, actor)
    line = line_of(itt, line_id)
    db.session.delete(line)
    _finish(itt, actor, line)


def _describe(line: SpecificationLine, said: Said) -> None:
    unit = one_line(said.unit)
    given = (unit, said.target is not None, said.period is not None)

    def worded() -> None:
        line.words = require_text(said.words, "Write what it is.", field="words", most=LONGEST)

    def needed(there: object, words: str, field: str) -> Callable[[], None]:
        def check() -> None:
            if any(given) and not there:
                raise InvalidInput(f"{words}, or empty all that says how it is measured.", field=field)

        return check

    all_at_once(
        worded,
        needed(unit, "Say what is counted", "unit"),
        needed(said.target is not None, "Give the target", "target"),
        needed(said.period is not None, "Say how often it is measured", "period"),
        lambda: require_length(unit, LONGEST_UNIT, field="unit"),
        lambda: _require_target(said.target),
    )
    line.kind, line.unit, line.target, line.period = said.kind, unit, said.target, said.period
    line.side = said.side if said.target is not None else None


def _require_target(target: Decimal | None) -> None:
    if target is None:
        return
    if not 0 <= target < LARGEST:
        raise InvalidInput("The target must be from 0 to less than 1,000,000,000.", field="target")
    if target != round(target, 3):
        raise InvalidInput("Give the target with at most three decimal places.", field="target")


def _finish(itt: InvitationToTender, actor: Actor, line: SpecificationLine) -> None:
    db.session.flush()
    record_change(itt, actor, Task.OUTCOMES, line=str(line.id), kind=line.kind.value)
