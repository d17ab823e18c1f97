"""Forms about what a service is to achieve."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice

from portal.tendering.specification_models import SIDE_WORDS, LineKind, MeasurePeriod, SpecificationLine, TargetSide
from portal.tendering.specifying import Said
from portal.web.fields import ChoiceField, FigureField, PickField, line, page
from portal.web.forms import BaseForm


class LineForm(BaseForm):
    """A line, and how it is measured if it is."""

    words = page("What is it?")
    unit = line("What is counted?", description="For example, “% of families”, “sessions” or “days of waiting”.")
    side = PickField(
        "The target is",
        choices=[SelectChoice(side.value, words) for side, words in SIDE_WORDS.items()],
        default=TargetSide.AT_LEAST.value,
    )
    target = FigureField("Target", description="A number, such as 80 or 12.5.")
    period = PickField(
        "How often is it measured?",
        choices=[
            SelectChoice("", "Not measured"),
            *(SelectChoice(period.value, f"Every {period.value}") for period in MeasurePeriod),
        ],
    )

    @property
    def said(self) -> Said:
        """What was typed, about an outcome."""
        return Said(
            LineKind.OUTCOME,
            self.words.data or "",
            self.unit.data or "",
            self.target.data,
            TargetSide(self.side.data),
            MeasurePeriod(self.period.data) if self.period.data else None,
        )


class PartForm(LineForm):
    """An output or an activity."""

    kind = ChoiceField(
        "Is it an output or an activity?",
        choices=[
            (LineKind.OUTPUT.value, "An output: what is delivered"),
            (LineKind.ACTIVITY.value, "An activity: what is done"),
        ],
    )

    @property
    def said(self) -> Said:
        """What was typed."""
        typed = super().said
        return Said(LineKind(self.kind.data), typed.words, typed.unit, typed.target, typed.side, typed.period)


def line_form(about: LineKind | None, held: SpecificationLine | None = None) -> LineForm:
    """The form for an outcome, or for what is under one (None: which is still to be said), with what is stored."""
    made = LineForm if about is LineKind.OUTCOME else PartForm
    if held is None:
        return made()
    stored = {"words": held.words, "unit": held.unit, "target": held.target, "kind": held.kind.value}
    return made(data=stored | {"side": held.side or TargetSide.AT_LEAST.value, "period": held.period or ""})
