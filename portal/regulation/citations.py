"""Sections that pages and letters cite where no row of the law has the rule: each named once, and written in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.core.words import law_in_words
from portal.regulation.deadline_rules import RULES
from portal.regulation.framework_law import OPEN_FRAMEWORK_LAW

_BIDDING_TIME = RULES["PA.tendering.electronic_all_docs"]
_SECTIONS = {
    "applicants_first": "PA2023 s.34(4)",
    "applicants_undecided": "PA2023 s.34(4)-(5)",
    "bidding_time": _BIDDING_TIME.law,
    "changed_time": "PA2023 s.31; PCR2015 reg 47(3)",
    "conditions": "PA2023 s.22; PCR2015 reg 58",
    "conflicts_assessment": "PA2023 s.83",
    "dps_validity": "SI 2024/716 reg 5",
    "equality": "Equality Act 2010 s.149",
    "exclusion_told": "PA2023 s.59",
    "interests": "PA2023 ss.81-83",
    "keeping_away": "PA2023 ss.57-61; PCR2015 reg 57",
    "light_touch": "PA2023 s.9",
    "light_touch_frameworks": "PA2023 ss.45-47",
    "lots": "PA2023 s.18",
    "market": "PA2023 s.34",
    "member_notice": "PA2023 s.39(4)",
    "notice_first": "PR24 reg 5(11)",
    "open_framework": OPEN_FRAMEWORK_LAW,
    "removal": "PA2023 s.37",
    "small_providers": "PA2023 s.12(4)",
}
CITED: Mapping[str, str] = MappingProxyType(
    {name: law_in_words(law) for name, law in _SECTIONS.items()} | {"bidding_time_words": _BIDDING_TIME.length_words}
)
"""What templates know as `cited`."""
