"""What notices say about lots and their awards."""

from __future__ import annotations

from collections.abc import Iterable

from portal.awarding.models import AwardPlace
from portal.notices.canonical import Json, without_gaps
from portal.tendering.lots import place_words, winning_rule
from portal.tendering.models import InvitationToTender, Lot

AWARD_STATUS_SET_ASIDE = "cancelled"


def lot_id(lot: Lot) -> str:
    """A lot's id within its process."""
    return str(lot.number)


def lot_details(itt: InvitationToTender) -> Json:
    """How many lots one bidder may have and how many bidders a lot, with the rules for both, or why there is one."""
    rules = [*place_words(itt), *([winning_rule(itt)] if itt.max_lots_awarded is not None else [])]
    return without_gaps(
        {
            "maximumLotsBidPerSupplier": itt.max_lots_bid,
            "maximumLotsAwardedPerSupplier": itt.max_lots_awarded,
            "awardCriteriaDetails": " ".join(rules) or None,
            "noLotsDivisionRationale": itt.no_lots_reason,
        }
    )


def award_id(place: AwardPlace) -> str:
    """The id of the award to one bidder: a lot is awarded once, and again after what was announced and set aside."""
    decision = place.decision
    again = f"-{decision.number}" if decision.number > 1 else ""
    which = f"-place-{place.place}" if place.place > 1 else ""
    return f"{decision.itt.reference}-award-{decision.lot.number}{again}{which}"


def fallen_awards(places: Iterable[AwardPlace]) -> list[Json]:
    """Awards that were announced and set aside, for the release of what came instead."""
    return [{"id": award_id(place), "status": AWARD_STATUS_SET_ASIDE} for place in places]
