"""Reading the two reference tables as the values that the pure functions take."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.core.parsing.text import squeeze
from portal.extensions import db
from portal.regulation.bank_holidays import Holiday, build_calendar
from portal.regulation.cpv import Code, is_light_touch, require_known
from portal.regulation.models import BankHoliday, CpvCode
from portal.regulation.working_days import Calendar, CalendarName


def calendar(name: CalendarName) -> Calendar:
    """Load one calendar from the editable table of bank holidays (one statement)."""
    rows = db.session.execute(
        select(BankHoliday.day, BankHoliday.nation, BankHoliday.title, BankHoliday.observed).order_by(
            BankHoliday.day, BankHoliday.nation
        )
    )
    return build_calendar(name, (Holiday(row.day, row.nation, row.title, row.observed) for row in rows))


def uk_calendar() -> Calendar:
    """Load the UK-wide calendar, by which the Procurement Act 2023 counts working days (s.123(1))."""
    return calendar(CalendarName.UK_UNION)


def cpv_codes() -> list[Code]:
    """List every CPV code of the portal, in order of code."""
    return _codes(None)


def cpv_codes_among(codes: Iterable[str]) -> list[Code]:
    """List those of `codes` that are in the table, in order of code."""
    return _codes(list(codes))


def require_codes(codes: Iterable[str]) -> tuple[list[str], bool]:
    """Read CPV codes, each once, and say whether together they are light touch (PA2023 s.9, PR24 Sch 1).

    Raises `InvalidInput` (field `cpv_codes`) for a code that is not 8 digits or not in the table, and for none.
    """
    wanted = list(codes)
    known = {code.code: code for code in cpv_codes_among(squeeze(code)[:8] for code in wanted)}
    read = require_known(wanted, known, field="cpv_codes")
    return list(read), is_light_touch(read, {code for code, row in known.items() if row.light_touch})


def light_touch_codes() -> frozenset[str]:
    """Give the codes that are light touch (PR24 Sch 1), for `cpv.is_light_touch`."""
    return frozenset(db.session.scalars(select(CpvCode.code).where(CpvCode.light_touch)))


def _codes(wanted: list[str] | None) -> list[Code]:
    query = select(CpvCode).order_by(CpvCode.code)
    if wanted is not None:
        query = query.where(CpvCode.code.in_(wanted))
    return [Code(row.code, row.description, row.light_touch, row.reservable) for row in db.session.scalars(query)]
