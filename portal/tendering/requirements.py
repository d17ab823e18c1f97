"""What each part of an invitation must satisfy: one function a rule, raising `InvalidInput` beside its field.

The same functions run when a part is saved and again, all of them, before publication (checking.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import has_text, require_text
from portal.core.words import counted
from portal.regulation.deadlines import check_tendering_period
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import ProcurementLaw
from portal.regulation.queries import uk_calendar
from portal.tendering.timetable import LONGEST_VALIDITY

LONGEST_TERM = 600
"""Months."""
LONGEST_OPEN = timedelta(days=730)
LONGEST_OCCASION = 1_000
"""Characters."""


def require_value(value: Decimal | None, *, field: str = "estimated_value") -> None:
    """Refuse a value (pounds including VAT over the whole term) that is missing, not above zero, or too large."""
    if value is None:
        raise InvalidInput("Give the estimated value in pounds, such as 240000.", field=field)
    if value <= 0:
        raise InvalidInput("The estimated value must be more than £0.", field=field)
    if value >= Decimal(10) ** 12:
        raise InvalidInput("The estimated value must be less than £1,000,000,000,000.", field=field)


def require_term(term_months: int | None, break_months: Sequence[int]) -> None:
    """Refuse a term (months) that is not above zero, and a break point that is not inside it."""
    if term_months is None:
        raise InvalidInput("Give the length of the contract in months, such as 30.", field="term_months")
    if term_months < 1:
        raise InvalidInput("The contract must last at least 1 month.", field="term_months")
    if term_months > LONGEST_TERM:
        raise InvalidInput(f"The contract can last at most {LONGEST_TERM} months.", field="term_months")
    for month in break_months:
        if not 0 < month < term_months:
            raise InvalidInput(
                f"The break point at {counted(month, 'month')} is outside the contract: it must come after the start "
                f"and before the end at {counted(term_months, 'month')}.",
                field="break_months",
            )
    if len(set(break_months)) != len(break_months):
        raise InvalidInput("Give each break point once.", field="break_months")


def require_future(closes_at: datetime | None, now: datetime) -> datetime:
    """Return the closing time; refuse one that is missing, not in the future, or more than two years away."""
    if closes_at is None:
        raise InvalidInput("Give the day and time when bidding closes.", field="closes")
    if closes_at <= now:
        raise InvalidInput("The closing time must be in the future.", field="closes")
    if closes_at > now + LONGEST_OPEN:
        raise InvalidInput("The closing time must be within two years.", field="closes")
    return closes_at


def require_closing_time(
    closes_at: datetime | None, now: datetime, *, law: ProcurementLaw, light_touch: bool, value: Decimal | None
) -> datetime:
    """Return the closing time; refuse one that is not in the future, or before the law's least time has run."""
    closes = require_future(closes_at, now)
    today = local_date(now)
    rule = law.minimum_period(law.size_of(value, light_touch=light_touch, on=today), light_touch=light_touch)
    calendar = uk_calendar() if rule is not None and rule.calendar is not None else None
    check_tendering_period(rule, today, closes, calendar, field="closes")
    return closes


def require_time_for_questions(
    until: datetime | None, answers_by: date | None, closes_at: datetime | None, now: datetime
) -> None:
    """Refuse a time for questions that is over or ends with the bidding, and answers that come too late to be used."""
    if until is not None and until <= now:
        raise InvalidInput("The time for questions must end in the future.", field="questions_end")
    if until is not None and closes_at is not None and until >= closes_at:
        raise InvalidInput("The time for questions must end before bidding closes.", field="questions_end")
    if answers_by is None:
        return
    if until is None:
        raise InvalidInput("Say as well when the time for questions ends.", field="questions_end")
    if answers_by < local_date(until):
        raise InvalidInput("The answers must come after the time for questions ends.", field="answers_by_date")
    if closes_at is not None and answers_by >= local_date(closes_at):
        raise InvalidInput("The answers must come before the day when bidding closes.", field="answers_by_date")


@dataclass(frozen=True)
class Occasions:
    """Days on which bidders come, each with where and how in words: to see, and to present what they offer."""

    visit_date: date | None = None
    visit_words: str = ""
    presentations_date: date | None = None
    presentations_words: str = ""


def require_words_of(occasions: Occasions) -> None:
    """Refuse a day on which bidders come without words, and words without the day."""
    all_at_once(
        lambda: _require_both(occasions.visit_date, occasions.visit_words, "visit"),
        lambda: _require_both(occasions.presentations_date, occasions.presentations_words, "presentations"),
    )


def _require_both(on: date | None, words: str, name: str) -> None:
    if on is None and has_text(words):
        raise InvalidInput("Give the day as well, or empty what you wrote about it.", field=f"{name}_date")
    if on is not None:
        require_text(words, "Say where it is, and how to take part.", field=f"{name}_words", most=LONGEST_OCCASION)


def require_occasions(
    visit: date | None, presentations: date | None, closes_at: datetime | None, award_date: date | None
) -> None:
    """Refuse a visit after bidding closes, and presentations that are not between closing and decision."""
    closes = local_date(closes_at) if closes_at is not None else None
    if visit is not None and closes is not None and visit > closes:
        raise InvalidInput("Bidders visit before bidding closes.", field="visit_date")
    if presentations is None:
        return
    if closes is not None and presentations < closes:
        raise InvalidInput("Bidders present what they offer after bidding closes.", field="presentations_date")
    if award_date is not None and presentations > award_date:
        raise InvalidInput("Bidders present what they offer before you decide.", field="presentations_date")


def require_validity(days: int | None, closes_at: datetime | None, award_date: date | None) -> None:
    """Refuse a time for which bids stand that is missing, out of range, or over before the decision is expected."""
    if days is None:
        raise InvalidInput("Say for how many days bids stand, such as 90.", field="validity_days")
    if not 1 <= days <= LONGEST_VALIDITY:
        raise InvalidInput(f"Bids can stand for 1 to {LONGEST_VALIDITY} days.", field="validity_days")
    if closes_at is None or award_date is None:
        return
    needed = (award_date - local_date(closes_at)).days
    if days < needed:
        raise InvalidInput(
            f"Bids would run out before the day when you expect to decide, which is {counted(needed, 'day')} after "
            "bidding closes.",
            field="validity_days",
        )


def require_dates(closes_at: datetime | None, award_date: date | None, start_date: date | None) -> None:
    """Refuse a timetable that is incomplete or runs backwards: closing, then the decision, then the start."""
    if award_date is None:
        raise InvalidInput("Give the day when you expect to decide.", field="award_date")
    if start_date is None:
        raise InvalidInput("Give the day when the contract starts.", field="contract_start_date")
    if closes_at is not None and award_date < local_date(closes_at):
        raise InvalidInput("The decision must come after bidding closes.", field="award_date")
    if start_date < award_date:
        raise InvalidInput("The contract must start after the decision.", field="contract_start_date")
