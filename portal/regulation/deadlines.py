"""Deadlines computed and checked: pure functions over the rules of `deadline_rules.py`.

Days are calendar dates in Europe/London. A working-day rule needs the calendar it names; past the known bank
holidays every function raises `working_days.CalendarUnknown`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.core.errors import InvalidInput
from portal.regulation.deadline_rules import DISAPPLIED, PCR_DPS_LAST_DAY, RULES, DeadlineRule
from portal.regulation.local_time import end_of_day, local_date
from portal.regulation.working_days import Calendar, last_day, years_later

# PA2023 s.15: a planned procurement notice shortens the tendering period when it was published at least 40
# days and at most 12 months before the tender notice.
PLANNED_NOTICE_MIN_DAYS = 40
PLANNED_NOTICE_MAX_YEARS = 1


class PeriodTooShort(InvalidInput):
    """A period is shorter than the law's minimum. `earliest` is the first day that would do, `law` the
    section.
    """

    code = "period_too_short"

    def __init__(self, rule: DeadlineRule, n: int, earliest: date, *, field: str | None) -> None:
        super().__init__(
            f"Providers need at least {n} days. The earliest closing day is "
            f"{earliest:%A} {earliest.day} {earliest:%B %Y} ({rule.law}).",
            field=field,
        )
        self.rule = rule
        self.earliest = earliest
        self.law = rule.law


@dataclass(frozen=True)
class Tendering:
    """The circumstances that decide a minimum tendering period under PA2023 s.54(4).

    `electronic` means that tenders may be submitted electronically; `all_documents` that everything needed is
    provided with the invitation.
    """

    light_touch: bool = False
    dynamic_market: bool = False
    preselected_sub_central: bool = False
    negotiated_sub_central: bool = False
    planned_notice: bool = False
    urgency: bool = False
    electronic: bool = True
    all_documents: bool = True


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


def tendering_rule(circumstances: Tendering) -> DeadlineRule | None:
    """Find the minimum tendering period of PA2023 s.54(4): the shortest entry that applies.

    None means that there is no minimum, though the period is still the same for every supplier (s.54(2)).
    """
    if circumstances.light_touch or circumstances.negotiated_sub_central:
        return None
    shortcuts = (
        (circumstances.dynamic_market, "PA.tendering.dynamic_market"),
        (circumstances.preselected_sub_central, "PA.tendering.subcentral_preselected"),
        (circumstances.planned_notice, "PA.tendering.qualifying_planned_notice"),
        (circumstances.urgency, "PA.tendering.urgency"),
    )
    for applies, rule_id in shortcuts:
        if applies:
            return RULES[rule_id]
    if circumstances.electronic:
        suffix = "electronic_all_docs" if circumstances.all_documents else "electronic_docs_later"
    else:
        suffix = "not_electronic" if circumstances.all_documents else "not_electronic_docs_later"
    return RULES[f"PA.tendering.{suffix}"]


def earliest_closing_day(invited_on: date, circumstances: Tendering) -> date | None:
    """Give the first day on which tendering may close under the 2023 Act, or None where there is no minimum.

    The period begins the day after the invitation and ends with the deadline day (PA2023 s.54(5)).
    """
    rule = tendering_rule(circumstances)
    return None if rule is None else last_day(invited_on, rule.n, rule.unit, rule.convention, None)


def check_tendering_period(
    invited_on: date, closes_at: datetime, circumstances: Tendering, *, field: str | None = None
) -> None:
    """Refuse a closing time before the minimum tendering period of PA2023 s.54 has run.

    `invited_on` is the day of the invitation in Europe/London, `closes_at` an aware instant. Raises
    `PeriodTooShort` with the section and the earliest day.
    """
    rule = tendering_rule(circumstances)
    earliest = earliest_closing_day(invited_on, circumstances)
    if rule is not None and earliest is not None and local_date(closes_at) < earliest:
        raise PeriodTooShort(rule, rule.n, earliest, field=field)


def check_dps_tendering_period(
    invited_on: date,
    closes_at: datetime,
    calendar: Calendar,
    *,
    agreed_by_all: bool = False,
    field: str | None = None,
) -> None:
    """Refuse a closing time of a DPS call-off before ten days have run (PCR2015 reg 34(11)).

    A period that every selected candidate agreed to may be shorter, the same for all (reg 34(12)).
    `calendar` is the UK-wide one. Raises `PeriodTooShort`.
    """
    rule = RULES["PCR.dps.tender_min"]
    earliest = last_day_of(rule.id, invited_on, calendar=calendar)
    if earliest is not None and not agreed_by_all and local_date(closes_at) < earliest:
        raise PeriodTooShort(rule, rule.n, earliest, field=field)


def is_qualifying_planned_notice(planned_on: date, tender_notice_on: date) -> bool:
    """Say whether a planned procurement notice (UK3) shortens the tendering period (PA2023 s.15, s.54(4)).

    It does when it was published at least 40 days and at most 12 months before the tender notice.
    """
    earliest = planned_on + timedelta(days=PLANNED_NOTICE_MIN_DAYS)
    return earliest <= tender_notice_on <= years_later(planned_on, PLANNED_NOTICE_MAX_YEARS)


def standstill_until(published_on: date, calendar: Calendar, *, working_days: int | None = None) -> datetime:
    """Give the end of a standstill under PA2023 s.51 as an exclusive UTC instant: the contract may be
    entered then.

    The period of 8 working days (or `working_days`, when the notice offers more) begins with the day on
    which the contract award notice is published, and ends with the last day in Europe/London. `calendar` is
    UK-wide. Raises `CalendarUnknown`, `InvalidInput` for fewer than 8 working days (s.51(5)).
    """
    rule = RULES["PA.standstill.voluntary_min"]
    days = rule.n if working_days is None else working_days
    if days < rule.n:
        raise InvalidInput(f"A standstill lasts at least {rule.n} working days ({rule.law}).", field="working_days")
    if calendar.name is not rule.calendar:
        raise ValueError("a standstill is counted by the UK-wide calendar (PA2023 s.123(1))")
    return end_of_day(last_day(published_on, days, rule.unit, rule.convention, calendar))


def pcr_standstill_until(sent_on: date, calendar: Calendar) -> datetime:
    """Give the end of a standstill under PCR2015 reg 87(2) as an exclusive UTC instant.

    `sent_on` is the day on which the last notice left electronically. A waiting period, so UK-wide by
    default; England and Wales gives the strict reading. Raises `CalendarUnknown`.
    """
    rule = RULES["PCR.standstill.electronic"]
    return end_of_day(last_day(sent_on, rule.n, rule.unit, rule.convention, calendar))


def dps_application_due(received_on: date, calendar: Calendar, *, extended: bool = False) -> date:
    """Give the last day to decide an application to a DPS: 10 working days, 15 with an individual
    justification.

    PCR2015 reg 34(16)-(17). A duty, so `calendar` is England and Wales unless a later day is wanted for
    warning only. Raises `CalendarUnknown`.
    """
    rule = RULES["PCR.dps.evaluate_application_extended" if extended else "PCR.dps.evaluate_application"]
    return last_day(received_on, rule.n, rule.unit, rule.convention, calendar)


def contract_details_due(entered_on: date, *, light_touch: bool) -> date:
    """Give the last day to publish the contract details notice (UK7): 30 days, light touch 120 (PA2023
    s.53(1)).
    """
    return _certain(last_day_of("PA.cdn", entered_on, light_touch=light_touch))


def contract_copy_due(entered_on: date, value: Decimal, *, light_touch: bool) -> date | None:
    """Give the last day to publish a copy of the contract: 90 days, light touch 180 (PA2023 s.53(3)).

    None at £5 million including VAT or less, where no copy is due.
    """
    over = RULES["PA.contract_copy"].over_pounds
    if over is not None and value <= over:
        return None
    return _certain(last_day_of("PA.contract_copy", entered_on, light_touch=light_touch))


def records_kept_until(start: date, *, rule_ids: Iterable[str] = ("PA.records",)) -> date:
    """Give the last day on which the records of a procurement must still be kept, the longest of the rules
    named.
    """
    return max(_certain(last_day_of(rule_id, start)) for rule_id in rule_ids)


def dps_valid_until(declared_last_day: date) -> datetime:
    """Give the exclusive UTC instant at which a DPS of the 2015 Regulations ends.

    That is the end of its declared last day, or of 23 February 2029 if that is earlier (SI 2024/716 reg
    5(4)(b)).
    """
    return end_of_day(min(declared_last_day, PCR_DPS_LAST_DAY))


def _certain(day: date | None) -> date:
    if day is None:
        raise ValueError("this rule falls away, so it has no last day")
    return day
