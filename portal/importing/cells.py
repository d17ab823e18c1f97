"""What one row of an imported file says, cell by cell: read strictly, never guessed, each fault with its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from portal.core.errors import InvalidInput
from portal.core.parsing.text import length, one_line
from portal.importing.files import LONGEST_CELL, SHAPE
from portal.organisations.details import NAME_LENGTH
from portal.organisations.names import read_name
from portal.organisations.settings import quoted
from portal.regulation.identifiers import Identifier, any_charity_number, company_number

T = TypeVar("T")

# What Excel and LibreOffice show, and save, in place of a value that a formula has not.
_ERROR = re.compile(
    r"#(REF|VALUE|DIV/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|UNKNOWN)!|#N/A|#NAME\?|#{3,}|Err:[0-9]{3}", re.I
)
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_BRITISH = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")


@dataclass
class Reading:
    """A row as it was read: values that are None were missing or wrong, and then `faults` says so by column."""

    number: int
    provider: str = ""
    company: Identifier | None = None
    charity: Identifier | None = None
    faults: dict[str, str] = field(default_factory=dict)

    def fault(self, column: str, message: str) -> None:
        """Note what is wrong with a column; the first message stays."""
        self.faults.setdefault(column, message)

    def attempt(self, column: str, read: Callable[[], T]) -> T | None:
        """What `read` reads, or None with the fault noted."""
        try:
            return read()
        except InvalidInput as wrong:
            self.fault(column, wrong.message)
            return None

    @property
    def numbers(self) -> tuple[Identifier | None, Identifier | None]:
        """Company and charity number."""
        return self.company, self.charity

    def values(self, cells: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
        """The row's cells by column; a row of another length, too long cells and a spreadsheet's errors are faults."""
        found = {name: one_line(cells.get(name)) for name in names}
        if SHAPE in cells:
            self.fault(
                SHAPE, f"This row has {cells[SHAPE]} cells, so they may stand in the wrong columns. Check each one."
            )
        for name, value in found.items():
            if _ERROR.fullmatch(value):
                self.fault(
                    name, f"{quoted(value)} is an error that a spreadsheet shows in place of a value. Type the value."
                )
            if length(value) > LONGEST_CELL:
                self.fault(name, f"Use at most {LONGEST_CELL:,} characters.")
        return found

    def read_organisation(self, values: Mapping[str, str]) -> None:
        """Read whom the row speaks of: a name, and a registered number."""
        name = self.attempt(
            "provider",
            lambda: read_name(values["provider"], "the provider’s name", field="provider", most=NAME_LENGTH),
        )
        self.provider = name or ""
        if values["company_number"]:
            self.company = self.attempt("company_number", lambda: company_number(values["company_number"]))
        if values["charity_number"]:
            self.charity = self.attempt("charity_number", lambda: any_charity_number(values["charity_number"]))
        if not values["company_number"] and not values["charity_number"]:
            self.fault("company_number", "Enter a company number or a charity number: names alone tell nobody apart.")


def read_day(typed: str, *, missing: str) -> date:
    """The day that a cell says; raises `InvalidInput`, for an empty one with the message `missing`."""
    if not typed:
        raise InvalidInput(missing)
    match = _ISO.fullmatch(typed) or _BRITISH.fullmatch(typed)
    if match is None:
        raise InvalidInput(f"{quoted(typed)} is no day. Write 2018-04-01, or day/month/year as 01/04/2018.")
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError as wrong:
        raise InvalidInput(f"{quoted(typed)} is not in the calendar. The order is day, month, year.") from wrong


def plain(text: str) -> str:
    """The text for comparing: single spaces, no capitals."""
    return one_line(text).casefold()
