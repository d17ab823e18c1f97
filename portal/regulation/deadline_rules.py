"""The deadline rules of both regimes, as data: each with its section, its length and how it is counted.

`PA` is the Procurement Act 2023, `PCR` the Public Contracts Regulations 2015 (for dynamic purchasing systems
and frameworks established before 24 February 2025). The functions that apply these rules are in
`deadlines.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from portal.regulation.working_days import CalendarName, Convention, Unit

INCLUSIVE, AFTER, PCR = Convention.INCLUSIVE, Convention.FROM_DAY_AFTER, Convention.PCR
DAYS, WORKING, YEARS = Unit.CALENDAR_DAY, Unit.WORKING_DAY, Unit.YEAR
UNION, ENGLAND = CalendarName.UK_UNION, CalendarName.ENGLAND_AND_WALES

_UNIT_WORDS = {DAYS: "days", WORKING: "working days", YEARS: "years"}
DISAPPLIED = 0
"""As a light-touch length: the rule has no minimum, or does not apply at all."""


@dataclass(frozen=True)
class DeadlineRule:
    """One period that the law fixes.

    `n` is its length in `unit`s, counted by `convention`. `calendar` names the bank holidays that matter
    (None for plain calendar periods). `light_touch` and `urgency` are the lengths in those cases, None where
    they make no difference, `DISAPPLIED` (0) where the rule falls away. `over_pounds` limits the rule to
    contracts of more than that many pounds including VAT. `exceptions` says in words what else it does not
    reach or requires.
    """

    id: str
    law: str
    unit: Unit
    n: int
    convention: Convention
    calendar: CalendarName | None = None
    light_touch: int | None = None
    urgency: int | None = None
    over_pounds: Decimal | None = None
    exceptions: tuple[str, ...] = ()

    @property
    def length_words(self) -> str:
        """Its length as people say it, such as "8 working days"."""
        return f"{self.n} {_UNIT_WORDS[self.unit]}"


_STANDSTILL_EXEMPT = (
    "framework call-off",
    "dynamic market award",
    "light touch",
    "urgency",
    "s.42 regulations",
)
_S54_4 = "PA2023 s.54(4)"

_ALL = (
    DeadlineRule(
        "PA.standstill.mandatory",
        "PA2023 s.51(2)",
        WORKING,
        8,
        INCLUSIVE,
        UNION,
        DISAPPLIED,
        exceptions=_STANDSTILL_EXEMPT,
    ),
    DeadlineRule("PA.standstill.voluntary_min", "PA2023 s.51(5), s.76(2)", WORKING, 8, INCLUSIVE, UNION),
    DeadlineRule("PA.tendering.dynamic_market", _S54_4, DAYS, 10, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.electronic_all_docs", _S54_4, DAYS, 25, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.electronic_docs_later", _S54_4, DAYS, 30, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.not_electronic", _S54_4, DAYS, 30, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.not_electronic_docs_later", _S54_4, DAYS, 35, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.qualifying_planned_notice", _S54_4, DAYS, 10, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.subcentral_preselected", _S54_4, DAYS, 10, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.urgency", _S54_4, DAYS, 10, AFTER, light_touch=DISAPPLIED),
    DeadlineRule("PA.tendering.light_touch", _S54_4, DAYS, DISAPPLIED, AFTER),
    DeadlineRule("PA.participation", "PA2023 s.54(3)", DAYS, 25, AFTER, light_touch=DISAPPLIED, urgency=10),
    DeadlineRule("PA.cdn", "PA2023 s.53(1)", DAYS, 30, INCLUSIVE, light_touch=120),
    DeadlineRule(
        "PA.contract_copy",
        "PA2023 s.53(3)",
        DAYS,
        90,
        INCLUSIVE,
        light_touch=180,
        over_pounds=Decimal(5000000),
    ),
    DeadlineRule("PA.termination_notice", "PA2023 s.80(1)", DAYS, 30, INCLUSIVE),
    DeadlineRule("PA.performance_breach", "PA2023 s.71(5)", DAYS, 30, INCLUSIVE, light_touch=DISAPPLIED),
    DeadlineRule("PA.exclusion_notify", "PA2023 s.59(2)", DAYS, 30, INCLUSIVE),
    DeadlineRule("PA.payments_compliance", "PA2023 s.69(1)", DAYS, 30, INCLUSIVE),
    DeadlineRule("PA.claims", "PA2023 s.106(2)", DAYS, 30, INCLUSIVE),
    DeadlineRule("PA.records", "PA2023 s.98(4)(b)", YEARS, 3, INCLUSIVE),
    DeadlineRule("PA.pipeline", "PA2023 s.93", DAYS, 56, INCLUSIVE),
    DeadlineRule("PCR.dps.first_requests", "PCR2015 reg 34(9)", DAYS, 30, PCR, UNION),
    DeadlineRule("PCR.dps.evaluate_application", "PCR2015 reg 34(16)", WORKING, 10, PCR, ENGLAND),
    DeadlineRule(
        "PCR.dps.evaluate_application_extended",
        "PCR2015 reg 34(17)",
        WORKING,
        15,
        PCR,
        ENGLAND,
        exceptions=("needs an individual justification",),
    ),
    DeadlineRule(
        "PCR.dps.tender_min",
        "PCR2015 reg 34(11)",
        DAYS,
        10,
        PCR,
        UNION,
        exceptions=("shorter by agreement with all selected candidates, the same for all: reg 34(12)",),
    ),
    DeadlineRule("PCR.dps.espd_renewal", "PCR2015 reg 34(25)", WORKING, 5, PCR, ENGLAND),
    DeadlineRule(
        "PCR.standstill.electronic",
        "PCR2015 reg 87(2)",
        DAYS,
        10,
        PCR,
        UNION,
        exceptions=(
            "call-offs under a framework or dynamic purchasing system: reg 86(5)(c)",
            "sole tenderer",
        ),
    ),
    DeadlineRule("PCR.framework.max_term", "PCR2015 reg 33(3)", YEARS, 4, INCLUSIVE, exceptions=("duly justified",)),
    DeadlineRule("PCR.records", "PCR2015 reg 84(9)", YEARS, 3, AFTER),
    DeadlineRule("PCR.ltr.award_notice_quarterly", "PCR2015 reg 75(4)", DAYS, 30, PCR, ENGLAND),
)

RULES = MappingProxyType({rule.id: rule for rule in _ALL})
"""Every rule by its identifier."""

# SI 2024/716 reg 5(3)(a): a dynamic purchasing system of the 2015 Regulations ends with this day.
PCR_DPS_LAST_DAY = date(2029, 2, 23)
