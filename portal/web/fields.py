"""Fields that read what people type: figures, pounds, months, days, times of day, codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value
from wtforms.validators import Length, ValidationError

LINE = 200
PAGE = 20_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PARTS = ("day", "month", "year")
_FIGURE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?")


def clean(text: str | None) -> str:
    """Strip a text, and drop the characters that no database keeps and nobody means."""
    kept = "".join(char for char in text or "" if char in "\n\t" or (ord(char) >= 32 and ord(char) != 127))
    return kept.strip()


def line(label: str, **options: Any) -> StringField:
    """A field of one line, at most 200 characters."""
    limit = Length(max=LINE, message=f"Use at most {LINE} characters.")
    return StringField(label, validators=[limit], filters=[clean], **options)


def page(label: str, **options: Any) -> TextAreaField:
    """A field for as much text as a page or several."""
    limit = Length(max=PAGE, message=f"Use at most {PAGE:,} characters.")
    return TextAreaField(label, validators=[limit], filters=[clean], **options)


class ChoiceField(RadioField):  # type: ignore[misc, unused-ignore]
    """Radio buttons of which one must be chosen; the choices are given as values and labels."""

    def __init__(self, label: str, choices: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(label, choices=[SelectChoice(value, words) for value, words in choices], **options)

    def pre_validate(self, form: Any) -> None:
        """Say in plain words what is missing."""
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError("Choose one of these.") from wrong


class PickField(SelectField):  # type: ignore[misc, unused-ignore]
    """A list to pick from."""

    def pre_validate(self, form: Any) -> None:
        """Say in plain words what is wrong."""
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError("Choose one from the list.") from wrong


class FigureField(StringField):  # type: ignore[misc, unused-ignore]
    """A decimal number; "£", "%", commas and spaces may be typed with it. Nothing typed is None."""

    unwelcome = "Type a number, such as 40 or 12.5."
    places = 4

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format(self.data.normalize(), "f") if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        typed = re.sub(r"[£%,\s]", "", valuelist[0]) if valuelist else ""
        self.data = None
        if not typed:
            return
        if not _FIGURE.fullmatch(typed):
            raise ValueError(self.unwelcome)
        if len(typed.partition(".")[2].rstrip("0")) > self.places:
            raise ValueError(f"Use at most {self.places} decimal places.")
        self.data = Decimal(typed)


class PoundsField(FigureField):
    """Pounds and pence."""

    unwelcome = "Type an amount in pounds, such as 240,000."
    places = 2


class WholeField(StringField):  # type: ignore[misc, unused-ignore]
    """A whole number. Nothing typed is None."""

    unwelcome = "Type a whole number, such as 30."

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        typed = re.sub(r"[,\s]|months?|words?", "", valuelist[0]) if valuelist else ""
        self.data = None
        if typed:
            if not re.fullmatch(r"-?[0-9]{1,9}", typed):
                raise ValueError(self.unwelcome)
            self.data = int(typed)


class MonthsField(StringField):  # type: ignore[misc, unused-ignore]
    """A list of whole months: "12, 18" or "12 and 18"."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(str(month) for month in self.data or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        self.data = []
        typed = re.split(r"[,;\s]+|and|months?", valuelist[0]) if valuelist else []
        parts = [part for part in typed if part]
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
        self.data = [part for part in re.split(r"[,;\s]+", clean(valuelist[0])) if part] if valuelist else []


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
        self.typed = {part: clean(formdata.get(f"{self.name}-{part}", "")) for part in PARTS}
        self.data, self.process_errors = None, []
        if any(self.typed.values()):
            try:
                self.data = _day(**self.typed)
            except ValueError as wrong:
                self.process_errors = [str(wrong)]

    @staticmethod
    def _parts(day: date | None) -> dict[str, str]:
        if day is None:
            return dict.fromkeys(PARTS, "")
        return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


class TimeField(StringField):  # type: ignore[misc, unused-ignore]
    """A time of day: "noon", "5pm", "5:30pm", "17:00". Nothing typed is None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return "noon" if self.data == time(12) else self.data.strftime("%H:%M")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say what to type."""
        typed = re.sub(r"\s", "", valuelist[0]).lower() if valuelist else ""
        self.data = _time(typed) if typed else None


def _day(day: str, month: str, year: str) -> date:
    named = month.lower()[:3]
    place = MONTHS.index(named) + 1 if named in MONTHS else 0
    if not day or not month or not year:
        missing = next(part for part, given in zip(PARTS, (day, month, year), strict=True) if not given)
        raise ValueError(f"The date must include a {missing}.")
    if not re.fullmatch(r"[0-9]{4}", year):
        raise ValueError("The year must have 4 digits, such as 2027.")
    try:
        return date(int(year), place or int(month), int(day))
    except ValueError:
        raise ValueError("The date must be a real one, such as 4 12 2026.") from None


def _time(typed: str) -> time:
    if typed in {"noon", "midday", "12noon"}:
        return time(12)
    found = _CLOCK.fullmatch(typed)
    if found is None or (found[2] is None and found[3] is None):
        raise ValueError("Type a time, such as noon, 5pm or 17:00.")
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise ValueError("Type a time that exists, such as noon, 5pm or 17:00.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)
