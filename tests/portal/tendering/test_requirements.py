"""What each part of an invitation must satisfy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.core.errors import InvalidInput
from portal.regulation.kinds import IttKind, Regime
from portal.regulation.procurement_rows import law_of
from portal.regulation.queries import require_codes
from portal.tendering.requirements import (
    require_closing_time,
    require_dates,
    require_term,
    require_value,
)

LAW = law_of(IttKind.OPEN, Regime.PA2023)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([], "Give at least one CPV code, such as 85311300."),
        (["8531130"], "“8531130” is not a CPV code. A CPV code is 8 digits, such as 85311300."),
        (["85311300", "early help"], "“early help” is not a CPV code. A CPV code is 8 digits, such as 85311300."),
        (
            ["99999999"],
            "99999999 is not in this portal’s list of CPV codes. Check it, or ask the platform "
            "administrator to add it.",
        ),
    ],
)
def test_a_wrong_code_is_refused_by_name(db_session: object, codes: list[str], message: str) -> None:
    """A code that is not 8 digits or not in the table is refused beside its field."""
    with pytest.raises(InvalidInput) as refused:
        require_codes(codes)
    assert (refused.value.message, refused.value.field) == (message, "cpv_codes")


def test_codes_are_read_once_each(db_session: object) -> None:
    """A check digit and repetition are dropped; codes of Schedule 1 alone are light touch."""
    assert require_codes(["85311300-2", "85311300", "80000000"]) == (["85311300", "80000000"], True)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "Give the estimated value in pounds, such as 240000."),
        (Decimal(0), "The estimated value must be more than £0."),
        (Decimal("-1"), "The estimated value must be more than £0."),
        (Decimal(10) ** 12, "The estimated value must be less than £1,000,000,000,000."),
    ],
)
def test_a_wrong_value_is_refused(value: Decimal | None, message: str) -> None:
    """The value is above zero and fits its column."""
    with pytest.raises(InvalidInput) as refused:
        require_value(value)
    assert (refused.value.message, refused.value.field) == (message, "estimated_value")


@pytest.mark.parametrize(
    ("term", "breaks", "field"),
    [
        (None, [], "term_months"),
        (0, [], "term_months"),
        (-30, [], "term_months"),
        (601, [], "term_months"),
        (30, [30], "break_months"),
        (30, [0], "break_months"),
        (30, [12, 31], "break_months"),
        (30, [-12], "break_months"),
        (30, [12, 12], "break_months"),
    ],
)
def test_a_wrong_term_is_refused(term: int | None, breaks: list[int], field: str) -> None:
    """A term is above zero, and every break point lies inside it, once."""
    with pytest.raises(InvalidInput) as refused:
        require_term(term, breaks)
    assert refused.value.field == field


def test_the_essex_term_is_accepted() -> None:
    """Thirty months with breaks at 12 and 18."""
    require_term(30, [12, 18])


def test_a_break_point_outside_the_term_is_named() -> None:
    """The message says which break point, and where the contract ends."""
    with pytest.raises(InvalidInput, match="The break point at 36 months is outside the contract"):
        require_term(30, [12, 36])


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (None, "Give the day and time when bidding closes."),
        (timedelta(0), "The closing time must be in the future."),
        (timedelta(seconds=-1), "The closing time must be in the future."),
        (timedelta(days=731), "The closing time must be within two years."),
    ],
)
def test_a_closing_time_lies_ahead(after: timedelta | None, message: str) -> None:
    """It is after now, and not absurdly far."""
    closes_at = None if after is None else NOW + after
    with pytest.raises(InvalidInput) as refused:
        require_closing_time(closes_at, NOW, law=LAW, light_touch=True, value=Decimal(240000))
    assert (refused.value.message, refused.value.field) == (message, "closes")


def test_the_minimum_tendering_period_is_kept() -> None:
    """An ordinary contract above the threshold stays open for 25 days, and the refusal names the section."""
    closes_at = NOW + timedelta(days=10)
    with pytest.raises(InvalidInput, match=r"PA2023 s\.54\(4\)") as refused:
        require_closing_time(closes_at, NOW, law=LAW, light_touch=False, value=Decimal(240000))
    assert refused.value.field == "closes"
    for light_touch, value in ((True, Decimal(10000000)), (False, Decimal(100000))):
        require_closing_time(closes_at, NOW, law=LAW, light_touch=light_touch, value=value)
    require_closing_time(NOW + timedelta(days=25), NOW, law=LAW, light_touch=False, value=Decimal(240000))


@pytest.mark.parametrize(
    ("award", "start", "field"),
    [
        (None, date(2027, 4, 1), "award_date"),
        (date(2027, 1, 29), None, "contract_start_date"),
        (date(2026, 12, 3), date(2027, 4, 1), "award_date"),
        (date(2027, 1, 29), date(2027, 1, 28), "contract_start_date"),
    ],
)
def test_a_timetable_runs_forwards(award: date | None, start: date | None, field: str) -> None:
    """Closing, decision, start, in this order and all given."""
    with pytest.raises(InvalidInput) as refused:
        require_dates(datetime(2026, 12, 4, 12, tzinfo=UTC), award, start)
    assert refused.value.field == field
