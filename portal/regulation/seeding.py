"""Putting the bundled reference data into its two tables."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from portal.regulation.bank_holidays import bundled_holidays
from portal.regulation.cpv import BUNDLED
from portal.regulation.models import BankHoliday, CpvCode


def seed_reference_data(connection: Connection) -> None:
    """Add the bundled bank holidays and CPV codes that are not there yet; never change or bring back a row.

    Idempotent: what an administrator edited or withdrew stays so. The caller commits.
    """
    holidays = [
        {"day": holiday.day, "nation": holiday.nation, "title": holiday.title} for holiday in bundled_holidays()
    ]
    codes = [
        {
            "code": code.code,
            "description": code.description,
            "light_touch": code.light_touch,
            "reservable": code.reservable,
        }
        for code in BUNDLED
    ]
    connection.execute(insert(BankHoliday).on_conflict_do_nothing(), holidays)
    connection.execute(insert(CpvCode).on_conflict_do_nothing(), codes)
