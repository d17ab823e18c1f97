"""What is set up and called off, and under which law: the kinds that the rows of the law's table are for."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Named


class Regime(StrEnum):
    """The law that governs a procurement."""

    PA2023 = "pa2023"
    PCR2015 = "pcr2015"


class FrameworkKind(StrEnum):
    """What providers join."""

    FRAMEWORK = "framework"
    DPS = "dps"
    DYNAMIC_MARKET = "dynamic_market"


class IttKind(StrEnum):
    """How bidders come to an invitation to tender."""

    OPEN = "open"
    MINI_COMPETITION = "mini_competition"
    DPS_CALL_OFF = "dps_call_off"
    MARKET_CALL_OFF = "market_call_off"
    DIRECT_AWARD = "direct_award"


class Size(Named):
    """How much a contract is worth to the law, by its estimate with VAT."""

    ABOVE = "above"
    """At or above the threshold: a public contract (PA2023 s.3, Sch 1)."""
    NOTIFIABLE = "notifiable"
    """Below it, and not less than £30,000 (PA2023 s.87(4))."""
    SMALL = "small"


class PublicationBasis(StrEnum):
    """Why something may be published here (PR24 reg 5(11): the central digital platform comes first)."""

    CENTRAL_REFERENCE = "central_reference"
    FALLBACK = "fallback"
    NOT_REQUIRED = "not_required"
