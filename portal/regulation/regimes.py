"""Which law governs a procurement, what light touch switches off, and whether a standstill is due.

What light touch changes is here as data (`LIGHT_TOUCH_EFFECTS`), so that pages can show it with its
sections and activities can ask it instead of knowing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.core.errors import PortalError

# The Procurement Act 2023 came into force and the 2015 Regulations were revoked on this day (SI 2024/716 reg
# 2(2)).
PA2023_IN_FORCE = date(2025, 2, 24)


class Regime(StrEnum):
    """The law that governs a procurement."""

    PA2023 = "pa2023"
    PCR2015 = "pcr2015"


class RegimeRefused(PortalError):
    """The law does not let this be set up on this date."""

    code = "regime_refused"
    status = 422


class AwardKind(StrEnum):
    """How a contract is awarded, as far as the standstill rules distinguish it."""

    COMPETITION = "competition"
    FRAMEWORK_CALL_OFF = "framework_call_off"
    DPS_CALL_OFF = "dps_call_off"
    MARKET_CALL_OFF = "market_call_off"
    DIRECT_AWARD = "direct_award"
    URGENT_DIRECT_AWARD = "urgent_direct_award"
    USER_CHOICE = "user_choice"


class Standstill(StrEnum):
    """Whether the contract must wait after the award notice."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    NONE = "none"


@dataclass(frozen=True)
class StandstillRule:
    """Whether a standstill is due, at least how long (in `rule_id`'s units), the section, and why in words.

    `rule_id` names the deadline rule that counts it; it is None where there is no award notice to start it.
    """

    duty: Standstill
    rule_id: str | None
    law: str
    reason: str


@dataclass(frozen=True)
class Effect:
    """One row of the light-touch table: a rule, its section, what it asks ordinarily and of a light-touch
    contract.

    `applies` says whether the rule binds a light-touch contract at all.
    """

    id: str
    rule: str
    law: str
    ordinary: str
    light_touch: str
    applies: bool


LIGHT_TOUCH_EFFECTS = (
    Effect(
        "standstill",
        "Mandatory standstill",
        "PA2023 s.51(3)(f), (4), (5)",
        "8 working days",
        "none; one that is offered lasts at least 8 working days",
        False,
    ),
    Effect("award_notice", "Contract award notice", "PA2023 s.50", "yes", "yes, except user-choice awards", True),
    Effect("assessment_summaries", "Assessment summaries", "PA2023 s.50(3)", "yes", "yes", True),
    Effect(
        "key_performance_indicators",
        "Key performance indicators above £5 million",
        "PA2023 s.52(6)(d)",
        "at least 3",
        "not required",
        False,
    ),
    Effect("details_notice", "Contract details notice", "PA2023 s.53(1)", "30 days", "120 days", True),
    Effect(
        "contract_copy",
        "Published copy of a contract above £5 million",
        "PA2023 s.53(3)",
        "90 days",
        "180 days",
        True,
    ),
    Effect(
        "minimum_periods",
        "Minimum participation and tendering periods",
        "PA2023 s.54(2)-(4)",
        "10 to 35 days",
        "none, but the same for every provider",
        False,
    ),
    Effect(
        "poor_performance",
        "Publication of breach and poor performance",
        "PA2023 s.71(5)-(6)",
        "30 days",
        "does not apply",
        False,
    ),
    Effect(
        "modification_limits",
        "Limits on changing a contract",
        "PA2023 s.74(2)",
        "limited grounds",
        "free",
        False,
    ),
    Effect(
        "change_notice",
        "Contract change notice",
        "PA2023 s.75(6)(b)",
        "before a change of more than 10%",
        "none",
        False,
    ),
    Effect(
        "framework_term",
        "Four-year limit of frameworks",
        "PA2023 s.45(3)-(5), s.46, s.47",
        "yes",
        "no",
        False,
    ),
    Effect("termination_notice", "Contract termination notice", "PA2023 s.80", "yes", "yes", True),
    Effect("conflicts", "Conflicts assessment", "PA2023 ss.81-83", "yes", "yes", True),
    Effect("records", "Records of every material decision", "PA2023 s.98", "yes", "yes", True),
    Effect("payments", "Payment in 30 days and its publication", "PA2023 ss.68-70", "yes", "yes", True),
)
"""What light touch switches off, and what it leaves."""

_EFFECTS = {effect.id: effect for effect in LIGHT_TOUCH_EFFECTS}


def binds(effect_id: str, *, light_touch: bool) -> bool:
    """Say whether a rule of the light-touch table binds a contract, light touch or not. Raises `KeyError`
    for an unknown rule.
    """
    return _EFFECTS[effect_id].applies or not light_touch


def resolve_regime(commenced_on: date, *, parent: Regime | None = None) -> Regime:
    """Decide which law governs a procurement that commenced on a day.

    A call-off inherits the regime of its framework, system or market (`parent`); anything else that commenced
    before 24 February 2025 stays under the 2015 Regulations (SI 2024/716).
    """
    if parent is not None:
        return parent
    return Regime.PCR2015 if commenced_on < PA2023_IN_FORCE else Regime.PA2023


def require_dps_allowed(established_on: date) -> None:
    """Refuse a dynamic purchasing system that was not established under the 2015 Regulations.

    Raises `RegimeRefused`: since 24 February 2025 the law knows dynamic markets instead (PA2023 s.34).
    """
    if established_on >= PA2023_IN_FORCE:
        raise RegimeRefused(
            "A dynamic purchasing system can only be recorded if it was established before 24 February 2025. "
            "Set up a dynamic market instead (PA2023 s.34; SI 2024/716 reg 5).",
            field="established_on",
        )


def standstill_rule(
    *, regime: Regime, light_touch: bool, award: AwardKind, above_threshold: bool = True
) -> StandstillRule:
    """Say whether a contract must wait after its award is announced, for how long, and by which section."""
    if regime == Regime.PCR2015:
        return _pcr_standstill(award)
    if award == AwardKind.USER_CHOICE:
        return StandstillRule(
            Standstill.NONE,
            None,
            "PA2023 s.50(6)(b)",
            "A user-choice award has no award notice to start one.",
        )
    if not above_threshold:
        return StandstillRule(
            Standstill.NONE,
            None,
            "PA2023 s.84",
            "A below-threshold contract has no award notice to start one.",
        )
    exemption = _pa_exemption(light_touch, award)
    if exemption is not None:
        return StandstillRule(Standstill.VOLUNTARY, "PA.standstill.voluntary_min", "PA2023 s.51(3)-(5)", exemption)
    return StandstillRule(
        Standstill.MANDATORY,
        "PA.standstill.mandatory",
        "PA2023 s.51(1)-(2)",
        "The contract waits 8 working days.",
    )


def _pa_exemption(light_touch: bool, award: AwardKind) -> str | None:
    """Why PA2023 s.51(3) makes the standstill a choice, or None where it does not."""
    if light_touch:
        return "Light-touch contracts need no standstill; one that is offered lasts at least 8 working days."
    reasons = {
        AwardKind.FRAMEWORK_CALL_OFF: "A call-off under a framework needs no standstill.",
        AwardKind.MARKET_CALL_OFF: "An award under a dynamic market needs no standstill.",
        AwardKind.URGENT_DIRECT_AWARD: "An urgent direct award needs no standstill.",
    }
    return reasons.get(award)


def _pcr_standstill(award: AwardKind) -> StandstillRule:
    if award in {AwardKind.FRAMEWORK_CALL_OFF, AwardKind.DPS_CALL_OFF}:
        return StandstillRule(
            Standstill.VOLUNTARY,
            "PCR.standstill.electronic",
            "PCR2015 reg 86(5)(c)",
            "A call-off under a framework or dynamic purchasing system needs no standstill.",
        )
    return StandstillRule(
        Standstill.MANDATORY, "PCR.standstill.electronic", "PCR2015 reg 87(2)", "The contract waits 10 days."
    )
