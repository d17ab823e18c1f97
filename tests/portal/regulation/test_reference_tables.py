"""The two editable tables: seeding them, and reading them as values."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from portal.regulation import queries
from portal.regulation.bank_holidays import bundled_calendar, bundled_holidays
from portal.regulation.cpv import BUNDLED
from portal.regulation.models import BankHoliday, CpvCode
from portal.regulation.seeding import seed_reference_data
from portal.regulation.working_days import CalendarName, Nation


@pytest.fixture
def seeded(db_session: Any) -> Any:
    """The two tables, seeded."""
    db_session.execute(delete(BankHoliday))
    db_session.execute(delete(CpvCode))
    seed_reference_data(db_session.connection())
    return db_session


@pytest.mark.parametrize("name", list(CalendarName))
def test_a_seeded_calendar_equals_the_bundled_one(seeded: Any, name: CalendarName) -> None:
    """What the table gives back is what the bundle holds, for each nation and for all."""
    assert queries.calendar(name) == bundled_calendar(name)


def test_the_seeded_codes_are_the_bundled_ones(seeded: Any) -> None:
    """All codes come back in order, and all of them are light touch."""
    assert queries.cpv_codes() == sorted(BUNDLED, key=lambda code: code.code)
    assert queries.light_touch_codes() == {code.code for code in BUNDLED}


def test_only_codes_in_the_table_are_found(seeded: Any) -> None:
    """An unknown code is simply not among those that come back."""
    found = queries.cpv_codes_among(["85311300", "30213100"])
    assert [code.code for code in found] == ["85311300"]


def test_seeding_again_changes_nothing(seeded: Any) -> None:
    """A second seeding adds no row, and leaves an edited description as the administrator wrote it."""
    seeded.get(CpvCode, "85311300").description = "Edited"
    seeded.flush()
    seed_reference_data(seeded.connection())
    seeded.expire_all()
    assert seeded.get(CpvCode, "85311300").description == "Edited"
    assert seeded.scalar(select(func.count()).select_from(BankHoliday)) == len(bundled_holidays())
    assert seeded.scalar(select(func.count()).select_from(CpvCode)) == len(BUNDLED)


def test_a_withdrawn_day_stays_withdrawn(seeded: Any) -> None:
    """Seeding again never brings back a day that an administrator has withdrawn."""
    seeded.get(BankHoliday, (date(2026, 11, 30), Nation.SCOTLAND)).observed = False
    seeded.flush()
    seed_reference_data(seeded.connection())
    seeded.expire_all()
    assert queries.uk_calendar().is_working_day(date(2026, 11, 30))


def test_a_calendar_takes_one_statement(
    seeded: Any, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Reading the UK-wide calendar is one statement, however many holidays there are."""
    with count_statements() as statements:
        queries.uk_calendar()
    assert len(statements) == 1


@pytest.mark.parametrize("code", ["8531130", "853113000", "8531130x"])
def test_the_database_refuses_a_malformed_code(seeded: Any, code: str) -> None:
    """A code that is not eight digits cannot be stored, whoever tries."""
    seeded.add(CpvCode(code=code, description="Wrong"))
    with pytest.raises(IntegrityError, match="ck_cpv_code_code_eight_digits"):
        seeded.flush()


def test_only_a_light_touch_code_can_be_reserved(seeded: Any) -> None:
    """A code that is reservable but not light touch cannot be stored (PA2023 s.33)."""
    seeded.add(CpvCode(code="30213100", description="Wrong", light_touch=False, reservable=True))
    with pytest.raises(IntegrityError, match="ck_cpv_code_reservable_is_light_touch"):
        seeded.flush()
