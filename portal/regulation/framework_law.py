"""The law of what providers join: one row for each kind under each law, with the section beside each rule.

A stage that wants to know what the law asks of a framework, a dynamic purchasing system or a dynamic market reads the
row (`framework.law`); nothing elsewhere decides by kind or by law. Where light touch makes a difference the row says
so: the 2023 Act leaves ss.45(3)-(5), 46 and 47 out for light-touch frameworks, so that what binds is what the
framework itself has published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from portal.regulation.deadline_rules import RULES, DeadlineRule
from portal.regulation.deadlines import last_day_of
from portal.regulation.kinds import FrameworkKind, IttKind, Regime
from portal.regulation.procurement_law import ACTS, Act

OPEN_FRAMEWORK_LAW = "PA2023 s.49"
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


@dataclass(frozen=True)
class CallOffLaw:
    """How work is called off: the kinds of call-off, and the section of each rule."""

    kinds: tuple[IttKind, ...]
    buyers: str
    """Who may call off."""
    everybody: str
    """Why every member is invited."""
    criteria: str
    """Why its criteria are refined and not replaced."""
    direct: str
    """When it may be awarded directly."""


@dataclass(frozen=True)
class FrameworkLaw:
    """What the law asks of one kind under one law."""

    kind: FrameworkKind
    regime: Regime
    words: str
    choice: str
    """What an authority chooses when it sets one up."""
    prefix: str
    """How its references begin."""
    joining: str
    """When providers can apply."""
    admission: str
    """Why nobody who meets the published criteria is refused."""
    freezing: str
    """Why the terms stay as they were published."""
    removal: tuple[RemovalGround, ...]
    fee: str
    """Who may be charged."""
    calling_off: CallOffLaw
    suspension: str = ""
    """Why a member cannot be suspended; empty where published terms can provide for it."""
    why_invited: str = "members have what the published terms promise them"
    """What stands against suspending a member whose framework has no terms for it."""
    no_direct_award: str = ""
    """Why nothing is awarded directly; empty where published conditions can provide for it."""
    is_open_every_day: bool = False
    """Providers apply at any time of the validity, and every member is invited to every call-off."""
    applicants_may_bid: bool = False
    is_free: bool = False
    """Nobody may be charged, not even the provider that is awarded a contract."""
    decision_rule: str | None = None
    """The deadline rule in which applications are decided; None where the authority promises a time of its own."""
    extended_decision_rule: str | None = None
    decision_law: str = ""
    """The section of both; empty where the authority promises."""
    can_be_open: bool = False
    """Whether it can be an open framework (PA2023 s.49)."""
    term: str = ""
    """The section of its longest term, four years; empty where there is none."""
    term_binds_light_touch: bool = False
    participants: str = ""
    """Why no further authority is named once it is live; empty where one can be."""
    no_limit: str = ""
    """Why the number of members has no limit."""
    ceasing: str = "PA2023 s.39"
    """The notice that is due when it ends."""
    last_day_law: str = ""
    """The section by which all of this kind end on one day; empty where none do."""
    later_joining: str = ""
    """Why nobody joins later, where neither light touch nor an open framework allows it."""
    tells_minister: bool = True
    """Whether the Minister is told of exclusions (PA2023 s.59)."""
    notifies_members: bool = False
    """Whether each member admitted or removed is published in a notice (PA2023 s.39(4); PR24 reg 25(6))."""

    @property
    def must_exist_already(self) -> bool:
        """Whether none can be set up any more: the day on which it was established is needed (SI 2024/716 reg 5)."""
        return self.regime is Regime.PCR2015

    @property
    def act(self) -> Act:
        """The law by its name."""
        return ACTS[self.regime]

    @property
    def decision_period(self) -> DeadlineRule | None:
        """The rule in which applications are decided, or None."""
        return RULES[self.decision_rule] if self.decision_rule else None

    @property
    def extended_decision_period(self) -> DeadlineRule | None:
        """The same where there is a reason to take longer for one application."""
        return RULES[self.extended_decision_rule] if self.extended_decision_rule else None

    def term_binds(self, *, light_touch: bool) -> bool:
        """Whether it lasts four years at most, and only the authorities named at first call off from it."""
        return bool(self.term) and (self.term_binds_light_touch or not light_touch)

    def calling_off_of(self, *, light_touch: bool) -> CallOffLaw:
        """How work is called off; under the Act a light-touch framework is bound by its published terms."""
        if not light_touch or not self.term or self.term_binds_light_touch:
            return self.calling_off
        law = self.calling_off
        return replace(
            law,
            buyers=f"the published terms; {law.buyers} unless light touch",
            everybody=f"the published terms; {law.everybody} unless light touch",
            criteria=f"the published terms; {law.criteria} unless light touch",
            direct=f"the published terms; {law.direct} unless light touch",
        )

    def minister_told_by(self, decided_on: date) -> date | None:
        """The last day to tell the Minister of a refusal or removal on a ground for exclusion (PA2023 s.59(2))."""
        return last_day_of("PA.exclusion_notify", decided_on) if self.tells_minister else None

    def takes_new_providers(self, *, light_touch: bool, is_open: bool) -> bool:
        """Whether providers can join after it was first awarded or established."""
        return self.is_open_every_day or light_touch or is_open

    def removal_ground(self, key: str) -> RemovalGround | None:
        """The ground with that key, or None where this law has none."""
        return next((ground for ground in self.removal if ground.key == key), None)


@dataclass(frozen=True)
class ExclusionLaw:
    """Where the grounds for exclusion stand, and what providers are asked beside them."""

    mandatory: str
    """The schedule of the mandatory grounds; empty where each ground has its own paragraph."""
    discretionary: str
    cleaning: str
    """That somebody who has put things right is heard."""
    core_information: str
    """That supplier information is shared on the central digital platform; empty where nobody asks."""
    insurance: str
    longest_look_back: int
    """Years of a ground that is no conviction."""


EXCLUSIONS: Mapping[Regime, ExclusionLaw] = MappingProxyType(
    {
        Regime.PA2023: ExclusionLaw("PA2023 Sch 6", "PA2023 Sch 7", "PA2023 s.58", "PR24 reg 6", "PA2023 s.36", 5),
        Regime.PCR2015: ExclusionLaw("", "", "PCR2015 reg 57(13)-(15)", "", "PCR2015 reg 58", 3),
    }
)

_MANDATORY = "A mandatory ground for exclusion applies and is continuing or likely to happen again"
_DISCRETIONARY = "A discretionary ground for exclusion applies and is continuing or likely to happen again"
_MARKET_GROUNDS = (
    RemovalGround(
        "debarred",
        "It is on the debarment list for a mandatory ground, so it must be removed",
        "PA2023 s.37(1), s.57(1)(b)",
        is_duty=True,
        is_exclusion=True,
    ),
    RemovalGround("excluded", _MANDATORY, "PA2023 s.37(2), s.57(1)(a), Sch 6", is_exclusion=True),
    RemovalGround("excludable", _DISCRETIONARY, "PA2023 s.37(2), s.57(2), Sch 7", is_exclusion=True),
    RemovalGround("conditions", "It no longer meets the conditions for membership", "PA2023 s.37(2)"),
)
_FRAMEWORK_GROUNDS = (
    RemovalGround("excluded", _MANDATORY, "PA2023 s.48, s.57(1), Sch 6", is_exclusion=True),
    RemovalGround("excludable", _DISCRETIONARY, "PA2023 s.48, s.57(2), Sch 7", is_exclusion=True),
    RemovalGround("terms", "The published terms of the framework end its membership", "the framework’s terms"),
)
_PCR_GROUNDS = (
    RemovalGround("excluded", "A mandatory ground for exclusion applies", "PCR2015 reg 57(1)-(3)"),
    RemovalGround("excludable", "A discretionary ground for exclusion applies", "PCR2015 reg 57(4), (8)"),
    RemovalGround("conditions", "It no longer meets the selection criteria", "PCR2015 reg 58"),
    RemovalGround("renewal", "It did not renew its declarations when it was asked to", "PCR2015 reg 34(25), reg 57"),
)
_FROM_FRAMEWORKS = (IttKind.MINI_COMPETITION, IttKind.DIRECT_AWARD)

_FRAMEWORK = FrameworkLaw(
    kind=FrameworkKind.FRAMEWORK,
    regime=Regime.PA2023,
    words="framework",
    choice="A framework",
    prefix="FWK",
    joining="PA2023 s.45",
    admission="PA2023 s.12(2)",
    freezing="PA2023 s.46(8)",
    removal=_FRAMEWORK_GROUNDS,
    fee="PA2023 s.45(7)",
    ceasing="PA2023 s.80",
    calling_off=CallOffLaw(_FROM_FRAMEWORKS, "PA2023 s.45(5)", "PA2023 s.46", "PA2023 s.46(8)-(9)", "PA2023 s.45(4)"),
    can_be_open=True,
    term="PA2023 s.47",
    participants="PA2023 s.45(5)",
    later_joining="PA2023 s.45, s.49",
)
_PCR_FRAMEWORK = replace(
    _FRAMEWORK,
    regime=Regime.PCR2015,
    joining="PCR2015 reg 33(5), reg 76(3)",
    admission="PCR2015 reg 76(2)-(3)",
    freezing="PCR2015 reg 33(6)",
    removal=_PCR_GROUNDS,
    fee="as published",
    ceasing="PCR2015 reg 34(28)",
    calling_off=CallOffLaw(
        _FROM_FRAMEWORKS,
        "PCR2015 reg 33(5)",
        "PCR2015 reg 33(11)(a)",
        "PCR2015 reg 33(11)(d)",
        "PCR2015 reg 33(7), (8)(a)",
    ),
    can_be_open=False,
    term="PCR2015 reg 33(3)",
    term_binds_light_touch=True,
    participants="PCR2015 reg 33(5)",
    later_joining="PCR2015 reg 33(5)",
    tells_minister=False,
)
_DPS = FrameworkLaw(
    kind=FrameworkKind.DPS,
    regime=Regime.PCR2015,
    words="dynamic purchasing system",
    choice="A dynamic purchasing system that exists already",
    prefix="DPS",
    joining="PCR2015 reg 34(13), (15)",
    admission="PCR2015 reg 34(6)",
    freezing="SI 2024/716 reg 5(3); PCR2015 reg 34(23)",
    removal=_PCR_GROUNDS,
    fee="PCR2015 reg 34(29)",
    calling_off=CallOffLaw(
        (IttKind.DPS_CALL_OFF,),
        "PCR2015 reg 34(21)",
        "PCR2015 reg 34(21)-(22)",
        "PCR2015 reg 34(23)-(24)",
        "PCR2015 reg 34(21)-(22)",
    ),
    suspension="PCR2015 reg 34(21)-(22)",
    why_invited="every admitted provider is invited to each call-off (PCR2015 reg 34(21)-(22))",
    no_direct_award="PCR2015 reg 34(21)-(22)",
    is_open_every_day=True,
    is_free=True,
    decision_rule="PCR.dps.evaluate_application",
    extended_decision_rule="PCR.dps.evaluate_application_extended",
    decision_law="PCR2015 reg 34(16)-(17)",
    no_limit="PCR2015 reg 34(6)",
    ceasing="PCR2015 reg 34(28)",
    last_day_law="SI 2024/716 reg 5(4)(b)",
    later_joining="PCR2015 reg 34(15)",
    tells_minister=False,
)
_MARKET = FrameworkLaw(
    kind=FrameworkKind.DYNAMIC_MARKET,
    regime=Regime.PA2023,
    words="dynamic market",
    choice="A dynamic market",
    prefix="DMK",
    joining="PA2023 s.36(6)",
    admission="PA2023 s.36(6)",
    freezing="PA2023 s.36(7)",
    removal=_MARKET_GROUNDS,
    fee="PA2023 s.38",
    calling_off=CallOffLaw(
        (IttKind.MARKET_CALL_OFF,), "PR24 reg 25(2)", "PA2023 s.34(1), (3)", "PA2023 s.23", "PA2023 s.34(1)"
    ),
    suspension="PA2023 s.36(6), s.37",
    why_invited="members may always bid, and leave only by removal (PA2023 s.34(3), s.37)",
    no_direct_award="PA2023 s.34(1)",
    is_open_every_day=True,
    applicants_may_bid=True,
    no_limit="PA2023 s.36(7)",
    later_joining="PA2023 s.36(6)",
    notifies_members=True,
)

ROWS: Mapping[tuple[FrameworkKind, Regime], FrameworkLaw] = MappingProxyType(
    {(row.kind, row.regime): row for row in (_FRAMEWORK, _PCR_FRAMEWORK, _DPS, _MARKET)}
)
"""Every kind under every law that knows it."""

OFFERED = (_MARKET, _FRAMEWORK, _DPS)
"""What can be set up or recorded, the usual one first."""

OPEN_EVERY_DAY = frozenset(row.kind for row in ROWS.values() if row.is_open_every_day)
"""The kinds that providers can ask to join at any instant, under each law that knows them."""
KIND_WORDS: Mapping[FrameworkKind, str] = MappingProxyType({row.kind: row.words for row in ROWS.values()})


def law_of(kind: FrameworkKind, regime: Regime) -> FrameworkLaw:
    """The row of one kind.

    A dynamic purchasing system is always of the 2015 Regulations and a market of the Act, whatever is said beside it.
    """
    only = {row.kind: row for row in (_DPS, _MARKET)}
    return only.get(kind) or ROWS[kind, regime]
