"""Fields that read what people type: figures, pounds, months, days, times of day, codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from typing import Any

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, StopValidation, ValidationError

from portal.core.errors import InvalidInput
from portal.core.parsing.figures import NUMBER, PERCENT, POUNDS, WHOLE, Unit, read_figure, read_whole
from portal.core.parsing.text import LEAST_REASON, one_line, require_length
from portal.core.parsing.times import PARTS, read_day, read_time
from portal.core.words import london_date

LINE = 200
PAGE = 20_000


def at_most(most: int) -> Callable[[Any, Any], None]:
    """A validator: no more characters than that, as browsers count them."""

    def check(form: Any, field: Any) -> None:
        _told(require_length, field.data or "", most, field=None)

    return check


def line(label: str, **options: Any) -> StringField:
    """A field of one line, at most 200 characters."""
    return StringField(label, validators=[at_most(LINE)], filters=[one_line], **options)


def page(label: str, **options: Any) -> TextAreaField:
    """A field for as much text as a page or several; "" where nothing was sent of it."""
    return TextAreaField(label, validators=[at_most(PAGE)], filters=[lambda text: text or ""], **options)


class ReasonField(TextAreaField):  # type: ignore[misc, unused-ignore]
    """A reason (`core.parsing.text.require_reason`); beside its box stands how many characters are the least."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, least: int = LEAST_REASON, **options: Any
    ) -> None:
        super().__init__(label, validators=[at_most(PAGE), *validators], **options)
        self.least = least


def decision(*answers: tuple[str, str], missing: str) -> RadioField:
    """How somebody decides what another proposed: the answers with their words, and what is said without one."""
    choices = [SelectChoice(value, words) for value, words in answers]
    return RadioField("Your decision", choices=choices, validators=[InputRequired(missing)])


def _told(read: Callable[..., Any], *typed: Any, **options: Any) -> Any:
    """Read, and turn the refusal into the error that WTForms shows beside the field."""
    try:
        return read(*typed, **options)
    except InvalidInput as wrong:
        raise ValidationError(wrong.message) from wrong


class ChoiceField(RadioField):  # type: ignore[misc, unused-ignore]
    """Radio buttons of which one must be chosen; the choices are given as values and labels."""

    def __init__(self, label: str, choices: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(label, choices=[SelectChoice(value, words) for value, words in choices], **options)

    def pre_validate(self, form: Any) -> None:
        """Say in plain words what is missing."""
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError(f"Choose an answer to “{self.label.text}”.") from wrong


class PickField(SelectField):  # type: ignore[misc, unused-ignore]
    """A list to pick from."""

    def pre_validate(self, form: Any) -> None:
        """Say in plain words what is wrong."""
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError("Choose one from the list.") from wrong


class FigureField(StringField):  # type: ignore[misc, unused-ignore]
    """A figure of one unit. Nothing typed is None; what can be read in two ways is refused with both readings."""

    unit: Unit = NUMBER

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format(self.data.normalize(), "f") if self.data is not None else ""

    @property
    def understood(self) -> str:
        """The amount as the page repeats it beside the field, such as £118,000.50; "" for a plain number."""
        return self.unit.write(self.data) if self.unit is POUNDS and self.data is not None and not self.errors else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        self.data = None
        self.data = _told(read_figure, valuelist[0] if valuelist else "", self.unit)


class PercentField(FigureField):
    """A share in hundredths."""

    unit = PERCENT


class PoundsField(FigureField):
    """Pounds and pence."""

    unit = POUNDS


class WholeField(StringField):  # type: ignore[misc, unused-ignore]
    """A whole number of one unit. Nothing typed is None."""

    def __init__(self, label: str, unit: Unit = WHOLE, **options: Any) -> None:
        super().__init__(label, **options)
        self.unit = unit

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        self.data = None
        self.data = _told(read_whole, valuelist[0] if valuelist else "", self.unit)


class MonthsField(StringField):  # type: ignore[misc, unused-ignore]
    """A list of whole months: "12, 18" or "12 and 18"."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(str(month) for month in self.data or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        self.data = []
        typed = one_line(valuelist[0] if valuelist else "")
        parts = [part for part in re.split("[,; ]+|and|months?", typed) if part]
        if not all(re.fullmatch(r"-?[0-9]{1,9}", part) for part in parts):
            raise ValueError("Type the break points as months, such as 12, 18.")
        self.data = [int(part) for part in parts]


class CodesField(TextAreaField):  # type: ignore[misc, unused-ignore]
    """Codes, one a line (commas and spaces part them as well)."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        typed = one_line(valuelist[0] if valuelist else "")
        self.data = [part for part in re.split("[,; ]+", typed) if part]


class DayField(Field):  # type: ignore[misc, unused-ignore]
    """A date in three boxes, as GOV.UK asks for one: `name-day`, `name-month`, `name-year`. Empty is None."""

    data: Any
    typed: dict[str, str]

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the three boxes, or show the date that the form was made with."""
        super().process(None, data, extra_filters)
        self.typed = self._parts(self.data)
        if formdata is None:
            return
        self.typed = {part: formdata.get(f"{self.name}-{part}", "") for part in PARTS}
        self.data, self.process_errors = None, []
        try:
            self.data = read_day(**self.typed)
        except InvalidInput as wrong:
            self.process_errors = [wrong.message]

    def pre_validate(self, form: Any) -> None:
        """Let what is wrong with the day stand, rather than say that there is none."""
        if self.process_errors:
            raise StopValidation

    @property
    def in_words(self) -> str:
        """The day as people read it."""
        return london_date(self.data) if self.data else ""

    @staticmethod
    def _parts(day: date | None) -> dict[str, str]:
        if day is None:
            return dict.fromkeys(PARTS, "")
        return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


class TimeField(StringField):  # type: ignore[misc, unused-ignore]
    """A time of day by the clocks of the United Kingdom, such as "noon", "5.30pm" or "17:00". Nothing typed is None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return "noon" if self.data == time(12) else self.data.strftime("%H:%M")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        self.data = None
        self.data = _told(read_time, valuelist[0] if valuelist else "")
