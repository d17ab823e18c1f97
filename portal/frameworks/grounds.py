"""What the law says about refusing and removing: its sections, the grounds by regime, what must be told to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.frameworks.models import Framework
from portal.frameworks.states import FrameworkKind
from portal.regulation.deadlines import last_day_of
from portal.regulation.kinds import Regime
from portal.regulation.local_time import local_date

KIND_WORDS = {
    FrameworkKind.FRAMEWORK: "framework",
    FrameworkKind.DPS: "dynamic purchasing system",
    FrameworkKind.DYNAMIC_MARKET: "dynamic market",
}
EXCLUSION_LAWS = ("Sch 6", "Sch 7", "s.57", "s.58", "reg 57")
"""How questions about grounds for exclusion cite their source."""


@dataclass(frozen=True)
class RemovalGround:
    """Why a member may be removed, with the section.

    `is_duty`: the authority must, so that no time for an answer has to pass. `is_exclusion`: the Minister is told
    of it under the 2023 Act (s.59).
    """

    key: str
    text: str
    law: str
    is_duty: bool = False
    is_exclusion: bool = False


_MARKET = (
    RemovalGround(
        "debarred",
        "It is on the debarment list for a mandatory ground, so it must be removed",
        "PA2023 s.37(1), s.57(1)(b)",
        is_duty=True,
        is_exclusion=True,
    ),
    RemovalGround(
        "excluded",
        "A mandatory ground for exclusion applies and is continuing or likely to happen again",
        "PA2023 s.37(2), s.57(1)(a), Sch 6",
        is_exclusion=True,
    ),
    RemovalGround(
        "excludable",
        "A discretionary ground for exclusion applies and is continuing or likely to happen again",
        "PA2023 s.37(2), s.57(2), Sch 7",
        is_exclusion=True,
    ),
    RemovalGround("conditions", "It no longer meets the conditions for membership", "PA2023 s.37(2)"),
)
_PA_FRAMEWORK = (
    RemovalGround(
        "excluded",
        "A mandatory ground for exclusion applies and is continuing or likely to happen again",
        "PA2023 s.48, s.57(1), Sch 6",
        is_exclusion=True,
    ),
    RemovalGround(
        "excludable",
        "A discretionary ground for exclusion applies and is continuing or likely to happen again",
        "PA2023 s.48, s.57(2), Sch 7",
        is_exclusion=True,
    ),
    RemovalGround("terms", "The published terms of the framework end its membership", "the framework’s terms"),
)
_PCR = (
    RemovalGround("excluded", "A mandatory ground for exclusion applies", "PCR2015 reg 57(1)-(3)"),
    RemovalGround("excludable", "A discretionary ground for exclusion applies", "PCR2015 reg 57(4), (8)"),
    RemovalGround("conditions", "It no longer meets the selection criteria", "PCR2015 reg 58"),
    RemovalGround("renewal", "It did not renew its declarations when it was asked to", "PCR2015 reg 34(25), reg 57"),
)


def removal_grounds(framework: Framework) -> tuple[RemovalGround, ...]:
    """The grounds on which a member of this framework, system or market can be removed."""
    if framework.regime is Regime.PCR2015:
        return _PCR
    return _MARKET if framework.kind is FrameworkKind.DYNAMIC_MARKET else _PA_FRAMEWORK


def removal_ground(framework: Framework, key: str) -> RemovalGround | None:
    """The ground with that key, or None where this regime has none."""
    return next((ground for ground in removal_grounds(framework) if ground.key == key), None)


def law_of_admission(framework: Framework) -> str:
    """The section by which nobody who meets the published criteria is refused."""
    if framework.kind is FrameworkKind.DPS:
        return "PCR2015 reg 34(6)"
    if framework.kind is FrameworkKind.DYNAMIC_MARKET:
        return "PA2023 s.36(6)"
    return "PCR2015 reg 76(2)-(3)" if framework.regime is Regime.PCR2015 else "PA2023 s.12(2)"


def minister_told_by(framework: Framework, decided_at: datetime) -> date | None:
    """The last day to tell the Minister of a refusal or removal on a ground for exclusion (PA2023 s.59(2)).

    None under the 2015 Regulations, which know no such duty.
    """
    if framework.regime is not Regime.PA2023:
        return None
    return last_day_of("PA.exclusion_notify", local_date(decided_at))
