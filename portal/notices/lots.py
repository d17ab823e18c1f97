"""What notices say about lots and their awards."""

from __future__ import annotations

from collections.abc import Iterable

from portal.awarding.models import AwardDecision
from portal.notices.canonical import Json, without_gaps
from portal.tendering.lots import WINNING_RULE
from portal.tendering.models import InvitationToTender, Lot

AWARD_STATUS_SET_ASIDE = "cancelled"


def lot_id(lot: Lot) -> str:
    """A lot's id within its process."""
    return str(lot.number)


def lot_details(itt: InvitationToTender) -> Json:
    """How many lots one bidder may have, with the rule for whoever comes first in more, or why there is one."""
    return without_gaps(
        {
            "maximumLotsBidPerSupplier": itt.max_lots_bid,
            "maximumLotsAwardedPerSupplier": itt.max_lots_awarded,
            "awardCriteriaDetails": WINNING_RULE if itt.max_lots_awarded is not None else None,
            "noLotsDivisionRationale": itt.no_lots_reason,
        }
    )


def award_id(decision: AwardDecision) -> str:
    """An award's id: a lot is awarded once, and again after an award that was announced and set aside."""
    again = f"-{decision.number}" if decision.number > 1 else ""
    return f"{decision.itt.reference}-award-{decision.lot.number}{again}"


def fallen_awards(decisions: Iterable[AwardDecision]) -> list[Json]:
    """Awards that were announced and set aside, for the release of what came instead."""
    return [{"id": award_id(decision), "status": AWARD_STATUS_SET_ASIDE} for decision in decisions]
