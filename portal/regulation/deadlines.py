"""Deadlines computed and checked: pure functions over the rules of `deadline_rules.py`.

Days are calendar dates in Europe/London. A working-day rule needs the calendar it names; past the known bank
holidays every function raises `working_days.CalendarUnknown`.
"""

from __future__ import annotations

from datetime import date, datetime

from portal.core.errors import InvalidInput
from portal.core.words import counted
from portal.regulation.deadline_rules import DISAPPLIED, PCR_DPS_LAST_DAY, RULES, DeadlineRule
from portal.regulation.local_time import end_of_day, local_date
from portal.regulation.working_days import Calendar, last_day


class PeriodTooShort(InvalidInput):
    """A period is shorter than the law's minimum. `earliest` is the first day that would do, `law` the
    section.
    """

    code = "period_too_short"

    def __init__(self, rule: DeadlineRule, n: int, earliest: date, *, field: str | None) -> None:
        super().__init__(
            f"Providers need at least {counted(n, 'day')}. The earliest closing day is "
            f"{earliest:%A} {earliest.day} {earliest:%B %Y} ({rule.law}).",
            field=field,
        )
        self.rule = rule
        self.earliest = earliest
        self.law = rule.law


def length(rule: DeadlineRule, *, light_touch: bool = False, urgency: bool = False) -> int:
    """Give the rule's length in its own unit in these circumstances; 0 where it falls away."""
    if light_touch and rule.light_touch is not None:
        return rule.light_touch
    if urgency and rule.urgency is not None:
        return rule.urgency
    return rule.n


def last_day_of(
    rule_id: str,
    start: date,
    *,
    light_touch: bool = False,
    urgency: bool = False,
    calendar: Calendar | None = None,
) -> date | None:
    """Give the last day of the period that `start` sets running, or None where the rule falls away.

    `calendar` is the one that the rule names, needed for working days and for PCR periods only. Raises
    `CalendarUnknown`; `ValueError` for another calendar.
    """
    rule = RULES[rule_id]
    if rule.calendar is not None and (calendar is None or calendar.name is not rule.calendar):
        raise ValueError(f"{rule_id} is counted by the calendar {rule.calendar}")
    n = length(rule, light_touch=light_touch, urgency=urgency)
    return None if n == DISAPPLIED else last_day(start, n, rule.unit, rule.convention, calendar)


def check_tendering_period(
    rule: DeadlineRule | None, invited_on: date, closes_at: datetime, calendar: Calendar | None, *, field: str
) -> None:
    """Refuse a closing time before the least time for bidding has run; `rule` None asks nothing.

    `invited_on` is the day of the invitation in Europe/London, `closes_at` an aware instant, `calendar` the one that
    the rule names. The period is the same for every provider (PA2023 s.54(2)). Raises `PeriodTooShort` with the
    section and the earliest day.
    """
    if rule is None:
        return
    earliest = last_day(invited_on, rule.n, rule.unit, rule.convention, calendar)
    if local_date(closes_at) < earliest:
        raise PeriodTooShort(rule, rule.n, earliest, field=field)


def standstill_until(rule: DeadlineRule, starts_on: date, calendar: Calendar) -> datetime:
    """Give the end of a standstill as an exclusive UTC instant: the contract may be entered then.

    `starts_on` is the day that sets it running (PA2023 s.51(2): the contract award notice's; PCR2015 reg 87(2): that
    on which the last bidder was told). `calendar` is UK-wide: a waiting period is counted by the later reading.
    Raises `CalendarUnknown`.
    """
    if calendar.name is not rule.calendar:
        raise ValueError("a standstill is counted by the UK-wide calendar (PA2023 s.123(1))")
    return end_of_day(last_day(starts_on, rule.n, rule.unit, rule.convention, calendar))


def decided_by(rule_id: str, received_on: date, calendar: Calendar) -> date:
    """Give the last day to decide an application, by the rule of its law (PCR2015 reg 34(16)-(17)).

    A duty, so `calendar` is England and Wales unless a later day is wanted for warning only. Raises
    `CalendarUnknown`.
    """
    rule = RULES[rule_id]
    return last_day(received_on, rule.n, rule.unit, rule.convention, calendar)


def dps_valid_until(declared_last_day: date) -> datetime:
    """Give the exclusive UTC instant at which a DPS of the 2015 Regulations ends.

    That is the end of its declared last day, or of 23 February 2029 if that is earlier (SI 2024/716 reg
    5(4)(b)).
    """
    return end_of_day(min(declared_last_day, PCR_DPS_LAST_DAY))
