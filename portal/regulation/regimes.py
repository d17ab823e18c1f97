"""Which law governs a procurement, and what light touch switches off.

What light touch changes is here as data with its sections (`LIGHT_TOUCH_EFFECTS`): docs/law.md prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.core.errors import PortalError
from portal.regulation.kinds import Regime

# The Procurement Act 2023 came into force and the 2015 Regulations were revoked on this day (SI 2024/716 reg
# 2(2)).
PA2023_IN_FORCE = date(2025, 2, 24)


class RegimeRefused(PortalError):
    """The law does not let this be set up on this date."""

    code = "regime_refused"
    status = 422


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
