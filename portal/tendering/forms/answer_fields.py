"""A field for each control that a kind of question can ask for: its data is the text that is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.parsing.text import one_line
from portal.core.parsing.times import PARTS
from portal.tendering.question_kinds.days import parts_of
from portal.tendering.question_kinds.kind import Control

Reads = Callable[[str], str]
Options = Iterable[tuple[str, str]]


class LineAnswer(StringField):  # type: ignore[misc, unused-ignore]
    """One line, as it is stored."""

    def __init__(self, label: str, *, reads: Reads, **options: Any) -> None:
        super().__init__(label, **options)
        self.reads = reads

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; what cannot be read stays as it was typed."""
        self.data = self.reads(valuelist[0]) if valuelist else ""


class BoxAnswer(TextAreaField):  # type: ignore[misc, unused-ignore]
    """Several lines."""


class OneAnswer(RadioField):  # type: ignore[misc, unused-ignore]
    """One of several. What is none of them is kept for the kind to refuse in its own words."""

    def __init__(self, label: str, *, options: Options, **more: Any) -> None:
        choices = [SelectChoice(value, words) for value, words in options]
        super().__init__(label, choices=choices, validate_choice=False, **more)


class SeveralAnswer(SelectMultipleField):  # type: ignore[misc, unused-ignore]
    """Any number of several; stored one a line. The page sends an empty one as well, so that none can be chosen."""

    sends_none = True

    def __init__(self, label: str, *, options: Options, **more: Any) -> None:
        choices = [SelectChoice(value, words) for value, words in options]
        look = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
        super().__init__(label, choices=choices, validate_choice=False, **look, **more)

    def process_data(self, value: Any) -> None:
        """The lines of the stored text."""
        self.data = (value or "").splitlines()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """What was chosen."""
        self.data = [value for value in valuelist if value]


class DayAnswer(Field):  # type: ignore[misc, unused-ignore]
    """A day in three boxes, `name-day`, `name-month`, `name-year`, as it is stored."""

    data: str
    typed: dict[str, str]

    def __init__(self, label: str, *, reads: Reads, **options: Any) -> None:
        super().__init__(label, **options)
        self.reads = reads

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the three boxes, or show the day that is stored."""
        super().process(None, data, extra_filters)
        self.data, self.raw_data = self.data or "", None
        if formdata is not None:
            self.raw_data = [formdata[f"{self.name}-{part}"] for part in PARTS if f"{self.name}-{part}" in formdata]
            typed = [one_line(part) for part in self.raw_data]
            self.data = self.reads("/".join(typed)) if any(typed) else ""
        self.typed = dict(zip(PARTS, parts_of(self.data), strict=True))

    @property
    def in_words(self) -> str:
        """What is stored, day first."""
        return "/".join(part for part in self.typed.values() if part)


def field_for(
    control: Control, label: str, *, description: str = "", options: Options = (), reads: Reads = lambda typed: typed
) -> Any:
    """The field (unbound) for a control. `reads` says what is stored of what was typed."""
    if control is Control.BOX:
        return BoxAnswer(label, description=description)
    if control is Control.LINE:
        return LineAnswer(label, reads=reads, description=description)
    if control is Control.DAY:
        return DayAnswer(label, reads=reads, description=description)
    made = OneAnswer if control is Control.ONE else SeveralAnswer
    return made(label, options=options, description=description)
