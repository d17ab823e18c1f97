"""The law of an invitation to tender: one row for each kind and law, with the section beside each rule.

The rows are in `procurement_rows.py`. A stage that wants to know what the law asks reads the row (`itt.law`); nothing
elsewhere decides by kind, by law or by threshold. Where light touch or the size of the contract make a difference,
the row has a rule for each case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from portal.regulation.deadline_rules import RULES, DeadlineRule
from portal.regulation.kinds import IttKind, Regime, Size
from portal.regulation.thresholds import ThresholdKind, is_above_threshold, threshold


class StandstillDuty(StrEnum):
    """Whether the contract must wait after the award is announced."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    NONE = "none"


class StartsWith(StrEnum):
    """What sets a standstill running."""

    AWARD_NOTICE = "award_notice"
    """The day on which the contract award notice is published on the central digital platform (PA2023 s.51(2))."""
    LETTERS = "letters"
    """The day on which the last bidder was told (PCR2015 reg 87(2))."""


@dataclass(frozen=True)
class StandstillRule:
    """Whether a standstill is due, which deadline rule counts it, from when, by which section, and why in words."""

    duty: StandstillDuty
    rule_id: str
    starts_with: StartsWith
    law: str
    reason: str

    @property
    def is_mandatory(self) -> bool:
        """Whether the contract waits, whatever the authority would like."""
        return self.duty is StandstillDuty.MANDATORY

    def chosen(self, *, offered: bool) -> StandstillDuty:
        """What the award has: what the law asks for, whatever is offered, and what is offered where it is a choice."""
        return self.duty if self.is_mandatory or offered else StandstillDuty.NONE

    @property
    def follows_notice(self) -> bool:
        """Whether the award notice sets it running, and not the letters to the bidders."""
        return self.starts_with is StartsWith.AWARD_NOTICE

    @property
    def period(self) -> DeadlineRule:
        """The rule that counts it; of one that is offered, the least that may be offered."""
        return RULES[self.rule_id]


@dataclass(frozen=True)
class NoticeDuty:
    """Whether a notice has to be on the central digital platform, by which section, and what follows from that.

    A central one is published here only afterwards, under its own number (PR24 reg 5(11); PCR2015 reg 52).
    `before_signing` says that the contract may not be entered before it (PA2023 s.50(1)).
    """

    law: str
    words: str
    is_central: bool = True
    before_signing: bool = False
    deadline: str | None = None
    """The deadline rule that counts from the day the contract was entered into; None where the law has no number."""


@dataclass(frozen=True)
class Act:
    """A law by its name, and where it stands in the statute book."""

    name: str
    scheme: str
    number: str


ACTS: Mapping[Regime, Act] = MappingProxyType(
    {
        Regime.PA2023: Act("Procurement Act 2023", "UKPGA", "2023/54"),
        Regime.PCR2015: Act("Public Contracts Regulations 2015", "UKSI", "2015/102"),
    }
)

TENDER, AWARD, DETAILS, TERMINATION = "UK4", "UK6", "UK7", "UK12"
"""The notices of a procurement, by their numbers in the catalogue."""


@dataclass(frozen=True)
class ProcurementLaw:
    """What the law asks of one kind of invitation to tender."""

    kind: IttKind
    regime: Regime
    method: str
    """As OCDS has it: open, selective or direct."""
    words: str
    """How it is procured."""
    choice: str
    """What a commissioner chooses when calling off."""
    members_law: str
    """Why a bid of somebody who is no member is set aside, and by which section."""
    standstill: StandstillRule
    """At or above the threshold."""
    light_touch_standstill: StandstillRule
    below_standstill: StandstillRule
    notices: Mapping[str, Mapping[Size, NoticeDuty]]
    minimum_periods: Mapping[Size, str]
    """The deadline rule of the least time for bidding; a size that is not there has none."""
    names_one_provider: bool = False
    """A direct award: one provider is chosen and nobody else is asked."""
    applicants_may_bid: bool = False
    """Whoever has applied to join may bid meanwhile, and is decided before the opening (PA2023 s.34(4))."""
    adequate_time_law: str = ""
    """Where the law asks for time that is adequate and has no number."""
    modification_law: str = "PA2023 s.31"
    """By which section weights and minimum scores may be changed after publication; "": they stay as published."""

    tells_threshold: bool = True
    """Whether a notice says if the contract is above the threshold (PR24 regs 18, 27, 32)."""

    @property
    def act(self) -> Act:
        """The law by its name."""
        return ACTS[self.regime]

    def standstill_rule(self, *, light_touch: bool, size: Size) -> StandstillRule:
        """The rule of the standstill of one contract."""
        if size is not Size.ABOVE:
            return self.below_standstill
        return self.light_touch_standstill if light_touch else self.standstill

    def notice_duty(self, code: str, size: Size) -> NoticeDuty:
        """What is due of the notice with that number (UK4, UK6, UK7, UK12)."""
        return self.notices[code][size]

    def minimum_period(self, size: Size, *, light_touch: bool) -> DeadlineRule | None:
        """The rule of the least time for bidding, or None where there is none."""
        rule = RULES[self.minimum_periods[size]] if size in self.minimum_periods else None
        return None if rule is None or (light_touch and rule.light_touch is not None) else rule

    def size_of(self, value: Decimal | None, *, light_touch: bool, on: date) -> Size:
        """How much an estimate (pounds including VAT) is to this law on a day; unknown counts as above (PA2023 Sch 3).

        Under the 2015 Regulations everything counts as above: what is called off began above their thresholds.
        """
        if not self.tells_threshold or is_above_threshold(value, light_touch=light_touch, on=on):
            return Size.ABOVE
        assert value is not None
        notifiable = threshold(ThresholdKind.NOTIFIABLE_SUB_CENTRAL, on)
        return Size.NOTIFIABLE if notifiable.reached_by(value) else Size.SMALL
