"""The states of an award decision."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Named


class DecisionStatus(StrEnum):
    """One person proposes, another decides, and then every bidder is told at the same time."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DECIDED = "decided"
    SET_ASIDE = "set_aside"
    """Decided once; two people set it aside before its contract. Its summaries and its standstill stay on record."""


IN_FORCE = (DecisionStatus.PROPOSED, DecisionStatus.DECIDED)
DECISION = Lifecycle(
    "award decision",
    {
        DecisionStatus.PROPOSED: frozenset({DecisionStatus.REFUSED, DecisionStatus.DECIDED}),
        DecisionStatus.DECIDED: frozenset({DecisionStatus.SET_ASIDE}),
    },
)


class PlaceStatus(Named):
    """What has become of one of the bidders that an award goes to; the award's own status comes first."""

    AWARDED = "awarded"
    WITHDRAWN = "withdrawn"
    """Its bidder withdrew before the contract; the next in the ranking may take the place."""
    LEFT_EMPTY = "left_empty"
    """So it did, and two people have decided that nobody takes the place."""


class SettingAsideKind(Named):
    """Why decided awards are set aside before their contract."""

    WITHDRAWAL = "withdrawal"
    """The winner of a lot withdraws: the lot goes to the next in the published ranking."""
    REOPENING = "reopening"
    """Panels agree their scores again."""
    CORRECTION = "correction"
    """One agreed score is agreed again by its panel; everything else that it agreed stands."""
    EMPTY_PLACE = "empty_place"
    """A place that its bidder left stays empty, while others of the lot stand."""


class SettingAsideStatus(Named):
    """One person proposes it, or the winner asks for it; another decides."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DECIDED = "decided"


SETTING_ASIDE = Lifecycle(
    "proposal",
    {SettingAsideStatus.PROPOSED: frozenset({SettingAsideStatus.REFUSED, SettingAsideStatus.DECIDED})},
)
