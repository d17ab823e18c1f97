"""The rows of the law of an invitation to tender: one for each kind under each law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from portal.regulation.kinds import IttKind, Regime, Size
from portal.regulation.procurement_law import (
    AWARD,
    DETAILS,
    TENDER,
    TERMINATION,
    NoticeDuty,
    ProcurementLaw,
    StandstillDuty,
    StandstillRule,
    StartsWith,
)

_MANDATORY = StandstillRule(
    StandstillDuty.MANDATORY,
    "PA.standstill.mandatory",
    StartsWith.AWARD_NOTICE,
    "PA2023 s.51(1)-(2)",
    "The contract waits 8 working days.",
)


def _offered(reason: str) -> StandstillRule:
    return replace(
        _MANDATORY,
        duty=StandstillDuty.VOLUNTARY,
        rule_id="PA.standstill.voluntary_min",
        law="PA2023 s.51(3)-(5)",
        reason=f"{reason} One that is offered lasts at least 8 working days.",
    )


_BELOW = replace(
    _offered("A contract below the threshold needs no standstill."),
    starts_with=StartsWith.LETTERS,
    law="PA2023 s.51(1), s.84",
)
_PCR_MANDATORY = StandstillRule(
    StandstillDuty.MANDATORY,
    "PCR.standstill.electronic",
    StartsWith.LETTERS,
    "PCR2015 reg 86(1), 87(2)",
    "The contract waits 10 days.",
)
_PCR_CALL_OFF = replace(
    _PCR_MANDATORY,
    duty=StandstillDuty.VOLUNTARY,
    law="PCR2015 reg 86(5)(c)",
    reason="A call-off under a framework or dynamic purchasing system needs no standstill. One that is offered lasts "
    "at least 10 days.",
)


def _none(law: str, words: str) -> NoticeDuty:
    return NoticeDuty(law, words, is_central=False)


def _for_all(duty: NoticeDuty) -> Mapping[Size, NoticeDuty]:
    return MappingProxyType(dict.fromkeys(Size, duty))


_ADVERTISED = {
    Size.ABOVE: NoticeDuty("PA2023 s.21", "A procurement that is open to everybody starts with a tender notice"),
    Size.NOTIFIABLE: NoticeDuty(
        "PA2023 s.87(1), (4)", "A contract of £30,000 or more that is advertised starts with a tender notice"
    ),
    Size.SMALL: _none("PA2023 s.87(4)", "No notice on Find a Tender is needed below £30,000"),
}
_MARKETED = {
    size: NoticeDuty(
        "PA2023 s.21, s.40",
        "A call-off from a dynamic market is advertised like any other contract; below £30,000 no notice is needed",
        is_central=size is not Size.SMALL,
    )
    for size in Size
}
_COVERED = _none("PA2023 s.45", "A call-off from a framework needs none of its own: the framework’s notice covers it")
_NO_AWARD_NOTICE = _none("PA2023 s.50(1), s.84", "Below the threshold no contract award notice is needed")
_PA_AWARD = {
    Size.ABOVE: NoticeDuty(
        "PA2023 s.50(1); PR24 reg 27",
        "The contract award notice is published before the contract is entered into",
        before_signing=True,
    ),
    Size.NOTIFIABLE: _NO_AWARD_NOTICE,
    Size.SMALL: _NO_AWARD_NOTICE,
}
_PA_DETAILS = {
    Size.ABOVE: NoticeDuty(
        "PA2023 s.53(1); PR24 reg 32", "The contract details notice follows within a set time", deadline="PA.cdn"
    ),
    Size.NOTIFIABLE: NoticeDuty(
        "PA2023 s.87(3); PR24 reg 36",
        "The contract details notice follows as soon as reasonably practicable",
    ),
    Size.SMALL: _none("PA2023 s.87(4)", "Below £30,000 no contract details notice is needed"),
}
_NO_TERMINATION = _none(
    "PA2023 s.55(1), s.84", "Below the threshold no procurement termination notice is needed; bidders are told why"
)
_PA_TERMINATION = {
    Size.ABOVE: NoticeDuty(
        "PA2023 s.55; PR24 reg 37",
        "Once a tender notice was published, the procurement termination notice follows as soon as reasonably "
        "practicable after the decision",
    ),
    Size.NOTIFIABLE: _NO_TERMINATION,
    Size.SMALL: _NO_TERMINATION,
}
_NOT_ADVERTISED = _none(
    "PA2023 s.55(1)", "No tender notice was due, so no procurement termination notice is; bidders are told why"
)
_PCR_TERMINATION = _none(
    "PCR2015 reg 55(1)",
    "The 2015 Regulations know no procurement termination notice: every bidder is told as soon as possible, with the "
    "grounds",
)
_PCR_AWARD = NoticeDuty(
    "PCR2015 reg 50, 52, 75(3)-(4)",
    "The award notice follows within 30 days, of the contract or of the quarter’s end",
)
_PCR_NO_AWARD = _none("PCR2015 reg 50(4)", "A call-off from a framework needs no award notice of its own")
_PCR_NO_DETAILS = _none("PCR2015 reg 50", "The 2015 Regulations know no contract details notice")
_EVERYBODY_INVITED = "A call-off: every member of the lot is invited"


def _pa(
    tender: Mapping[Size, NoticeDuty], termination: Mapping[Size, NoticeDuty] = _PA_TERMINATION
) -> Mapping[str, Mapping[Size, NoticeDuty]]:
    notices = {TENDER: tender, AWARD: _PA_AWARD, DETAILS: _PA_DETAILS, TERMINATION: termination}
    return MappingProxyType(notices)


def _pcr(tender: NoticeDuty, award: NoticeDuty) -> Mapping[str, Mapping[Size, NoticeDuty]]:
    duties = {TENDER: tender, AWARD: award, DETAILS: _PCR_NO_DETAILS, TERMINATION: _PCR_TERMINATION}
    return MappingProxyType({code: _for_all(duty) for code, duty in duties.items()})


_OPEN = ProcurementLaw(
    kind=IttKind.OPEN,
    regime=Regime.PA2023,
    method="open",
    words="Open procedure",
    choice="An invitation that is open to everybody",
    members_law="",
    standstill=_MANDATORY,
    light_touch_standstill=_offered("A light-touch contract needs no standstill."),
    below_standstill=_BELOW,
    notices=_pa(_ADVERTISED),
    # Bids and documents are electronic here (PA2023 s.54(4)); below the threshold the time is reasonable (s.87(6)).
    minimum_periods=MappingProxyType({Size.ABOVE: "PA.tendering.electronic_all_docs"}),
)
_MINI = replace(
    _OPEN,
    kind=IttKind.MINI_COMPETITION,
    method="selective",
    words="Competition under a framework",
    choice="A competition between all members of the lot",
    members_law="the framework’s published terms",
    standstill=_offered("A call-off under a framework needs no standstill."),
    notices=_pa(_for_all(_COVERED), _for_all(_NOT_ADVERTISED)),
    minimum_periods=MappingProxyType({}),
    adequate_time_law="PA2023 s.12(4)",
)
_PCR_OPEN = replace(
    _OPEN,
    regime=Regime.PCR2015,
    standstill=_PCR_MANDATORY,
    light_touch_standstill=_PCR_MANDATORY,
    below_standstill=_PCR_MANDATORY,
    notices=_pcr(
        NoticeDuty("PCR2015 reg 49, 75(1)", "A procurement that is open to everybody starts with a notice"),
        _PCR_AWARD,
    ),
    minimum_periods=MappingProxyType({}),
    modification_law="",
    tells_threshold=False,
)
_PCR_MINI = replace(
    _MINI,
    regime=Regime.PCR2015,
    standstill=_PCR_CALL_OFF,
    light_touch_standstill=_PCR_CALL_OFF,
    below_standstill=_PCR_CALL_OFF,
    notices=_pcr(replace(_COVERED, law="PCR2015 reg 33(7)-(8)"), _PCR_NO_AWARD),
    adequate_time_law="PCR2015 reg 33(11)(b)",
    modification_law="",
    tells_threshold=False,
)
_PCR_DPS = replace(
    _PCR_MINI,
    kind=IttKind.DPS_CALL_OFF,
    words="Call-off under a dynamic purchasing system",
    choice=_EVERYBODY_INVITED,
    members_law="PCR2015 reg 34(21)",
    notices=_pcr(
        _none(
            "PCR2015 reg 34(14), (21)",
            "A call-off from a dynamic purchasing system needs none of its own: the system’s notice invites everybody "
            "to join",
        ),
        _PCR_AWARD,
    ),
    # Light touch or not.
    minimum_periods=MappingProxyType(dict.fromkeys(Size, "PCR.dps.tender_min")),
    adequate_time_law="",
)
_MARKET = replace(
    _OPEN,
    kind=IttKind.MARKET_CALL_OFF,
    method="selective",
    words="Call-off under a dynamic market",
    choice=_EVERYBODY_INVITED,
    members_law="PA2023 s.34(3)",
    standstill=_offered("An award under a dynamic market needs no standstill."),
    notices=_pa(_MARKETED),
    minimum_periods=MappingProxyType(dict.fromkeys(Size, "PA.tendering.dynamic_market")),
    applicants_may_bid=True,
)


def _directly(row: ProcurementLaw) -> ProcurementLaw:
    return replace(
        row,
        kind=IttKind.DIRECT_AWARD,
        method="direct",
        words="Direct award",
        choice="A direct award to one member, under the published conditions",
        adequate_time_law="",
        names_one_provider=True,
    )


ROWS: Mapping[tuple[IttKind, Regime], ProcurementLaw] = MappingProxyType(
    {
        (row.kind, row.regime): row
        for row in (
            _OPEN,
            _PCR_OPEN,
            _MINI,
            _PCR_MINI,
            _PCR_DPS,
            _MARKET,
            _directly(_MINI),
            _directly(_PCR_MINI),
        )
    }
)
"""Every kind of invitation under every law that knows it."""

NAMING_ONE_PROVIDER = frozenset(row.kind for row in ROWS.values() if row.names_one_provider)
OPEN_TO_APPLICANTS = frozenset(row.kind for row in ROWS.values() if row.applicants_may_bid)


def law_of(kind: IttKind, regime: Regime) -> ProcurementLaw:
    """The row of one kind of invitation. Raises `KeyError` where the law does not know the kind."""
    return ROWS[kind, regime]
