"""What a service is to achieve, line by line: outcomes, and under each its outputs and activities."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import Id, Model, one_of
from portal.core.lifecycle import Named


class LineKind(Named):
    """What a line states: a difference to people's lives, what is delivered for it, what is done for it."""

    OUTCOME = "outcome"
    OUTPUT = "output"
    ACTIVITY = "activity"


class MeasurePeriod(Named):
    """How often a line is measured."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class TargetSide(Named):
    """On which side of its target a figure is good."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


SIDE_WORDS: Mapping[TargetSide, str] = {TargetSide.AT_LEAST: "At least", TargetSide.AT_MOST: "At most"}


class SpecificationLine(Model):
    """One line. One that is measured has a whole measure, which its contract can take over."""

    __tablename__ = "specification_line"
    __table_args__ = (
        CheckConstraint("(kind = 'outcome') = (outcome_id IS NULL)", name="under_an_outcome"),
        CheckConstraint("words <> ''", name="has_words"),
        CheckConstraint(
            "num_nulls(target, side, period) IN (0, 3) AND (target IS NULL) = (unit = '')", name="measured_whole"
        ),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"), index=True)
    outcome_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("specification_line.id", ondelete="CASCADE"), index=True
    )
    """The outcome that it serves; None of an outcome."""
    position: Mapped[int]
    kind: Mapped[LineKind] = one_of(LineKind)
    words: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    """What is counted: "% of families", "sessions"; empty where nothing is."""
    target: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    side: Mapped[TargetSide | None] = one_of(TargetSide)
    period: Mapped[MeasurePeriod | None] = one_of(MeasurePeriod)

    @property
    def is_measured(self) -> bool:
        """Whether it can become a measure of the contract."""
        return self.target is not None

    @property
    def measure_words(self) -> str:
        """Its measure: "At least 80% of families, every quarter"; "" where nothing is counted."""
        if self.target is None or self.side is None or self.period is None:
            return ""
        gap = "" if self.unit.startswith("%") else " "
        return f"{SIDE_WORDS[self.side]} {self.target.normalize():,f}{gap}{self.unit}, every {self.period.value}"
