"""The form that concludes a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, SubmitField
from wtforms.validators import InputRequired

from portal.accounts.forms import FactorField

WRITTEN_AS = ("%Y-%m-%d", "%d/%m/%Y", "%d %m %Y", "%d.%m.%Y")
"""As a browser's calendar sends a day, and as people type one where there is no calendar."""


class CalendarDay(DateField):  # type: ignore[misc, unused-ignore]
    """A day, chosen or typed."""

    def __init__(self, label: str, missing: str, **rest: Any) -> None:
        super().__init__(label, format=list(WRITTEN_AS), validators=[InputRequired(missing)], **rest)
        self.missing = missing

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the day, or say how to write one."""
        try:
            super().process_formdata(valuelist)
        except ValueError as unreadable:
            raise ValueError(self.missing) from unreadable


class ContractForm(FactorField):
    """When both signed, and when it begins."""

    signed_date = CalendarDay("Day on which both signed", "Give the day on which both signed, such as 4 12 2026.")
    start_date = CalendarDay("First day of the contract", "Give the first day of the contract, such as 1 4 2027.")
    submit = SubmitField("Conclude the contract")
