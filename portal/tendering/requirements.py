"""What each part of an invitation must satisfy: one function a rule, raising `InvalidInput` beside its field.

The same functions run when a part is saved and again, all of them, before publication (checking.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text
from portal.regulation.deadlines import Tendering, check_tendering_period
from portal.regulation.local_time import local_date
from portal.regulation.regimes import Regime
from portal.regulation.thresholds import ThresholdKind, is_above_threshold, threshold
from portal.tendering.states import IttKind, PublicationBasis

CENTRAL_REFERENCE = re.compile(r"[0-9]{6,}-[0-9]{4}")
LONGEST_TERM = 600
"""Months."""
LONGEST_OPEN = timedelta(days=730)
WITHOUT_NOTICE = frozenset({IttKind.MINI_COMPETITION, IttKind.DPS_CALL_OFF, IttKind.DIRECT_AWARD})
"""Call-offs that need no notice of their own; a market's does (PA2023 s.21: s.40 excuses utilities alone)."""


def require_value(value: Decimal | None) -> None:
    """Refuse a value (pounds including VAT over the whole term) that is missing, not above zero, or too large."""
    if value is None:
        raise InvalidInput("Give the estimated value in pounds, such as 240000.", field="estimated_value")
    if value <= 0:
        raise InvalidInput("The estimated value must be more than £0.", field="estimated_value")
    if value >= Decimal(10) ** 12:
        raise InvalidInput("The estimated value must be less than £1,000,000,000,000.", field="estimated_value")


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
                f"The break point at {month} months is outside the contract: it must come after the start and "
                f"before the end at {term_months} months.",
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
    closes_at: datetime | None, now: datetime, *, light_touch: bool, value: Decimal | None, regime: Regime
) -> None:
    """Refuse a closing time of an open invitation that is not in the future, or before the minimum period has run.

    The minimum binds contracts at or above the threshold that are not light touch (PA2023 s.54(4)); below it the
    time must be reasonable (s.87(3)), for which the law has no number. Call-offs have periods of their own
    (`inheriting.check_period`).
    """
    closes = require_future(closes_at, now)
    today = local_date(now)
    if regime is Regime.PA2023 and is_above_threshold(value, light_touch=light_touch, on=today):
        check_tendering_period(today, closes, Tendering(light_touch=light_touch), field="closes")


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


def require_publication_basis(
    basis: PublicationBasis,
    central_reference: str | None,
    reason: str,
    *,
    kind: IttKind,
    value: Decimal | None,
    on: date,
) -> None:
    """Refuse to publish here before the central digital platform has the notice (PR24 reg 5(11)).

    Either the notice's reference there, or the reason for the fallback (the platform is unavailable, or has not
    published 48 hours after submission), or a value below the threshold from which an advertised contract needs
    a notice (PA2023 s.87), or a call-off that the framework's or the purchasing system's own notice has advertised
    (PCR2015 reg 33(8), 34(14); PA2023 s.45). A call-off from a dynamic market is advertised by itself (PA2023 s.21).
    """
    if basis is PublicationBasis.CENTRAL_REFERENCE:
        if not CENTRAL_REFERENCE.fullmatch(central_reference or ""):
            raise InvalidInput(
                "Give the reference of the notice on Find a Tender: at least six digits, a hyphen and the year, "
                "such as 012345-2026.",
                field="central_reference",
            )
    elif basis is PublicationBasis.FALLBACK:
        if not has_text(reason):
            raise InvalidInput("Say why the notice is not on Find a Tender yet.", field="publication_reason")
    elif kind not in WITHOUT_NOTICE:
        notifiable = threshold(ThresholdKind.NOTIFIABLE_SUB_CENTRAL, on)
        if value is None or notifiable.reached_by(value):
            raise InvalidInput(
                f"A contract of £{notifiable.amount:,} or more that is advertised needs a notice on Find a Tender "
                f"first ({notifiable.law}).",
                field="publication_basis",
            )
