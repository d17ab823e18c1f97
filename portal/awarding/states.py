"""The states of an award decision."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle


class DecisionStatus(StrEnum):
    """One person proposes, another decides, and then every bidder is told at the same time."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DECIDED = "decided"


DECISION = Lifecycle(
    "award decision",
    {DecisionStatus.PROPOSED: frozenset({DecisionStatus.REFUSED, DecisionStatus.DECIDED})},
)
