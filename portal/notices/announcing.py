"""The release of a contract award notice: an award for each supplier that a lot goes to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.awarding.models import AwardDecision, AwardPlace
from portal.awarding.standstill import Wait
from portal.notices import parties
from portal.notices.canonical import Json, day_end, day_start, instant, number, without_gaps
from portal.notices.lots import award_id, fallen_awards, lot_id
from portal.notices.release import CURRENCY, Header, document_of, is_above, release, tender_state, term_of
from portal.organisations.models import Provider
from portal.regulation.local_time import local_date
from portal.regulation.thresholds import ThresholdKind, threshold
from portal.tendering.models import InvitationToTender

AWARD_STATUS_BEFORE_CONTRACT = "pending"


@dataclass(frozen=True)
class AwardFacts:
    """What an award notice tells beside the decision.

    `prices` are those of the places in their order, in pounds over the whole term. `received` counts every bid that
    was opened for the lot, `assessed` holds the providers whose bids were assessed, `successful` which of them were
    awarded the lot, now or before. `summaries_at` is when the assessment summaries went out, `standstill` the wait
    that follows, if any. `fallen` are the lot's awards that were announced before and set aside.
    """

    decision: AwardDecision
    prices: Mapping[AwardPlace, Decimal]
    successful: frozenset[uuid.UUID]
    received: int
    assessed: tuple[Provider, ...]
    summaries_at: datetime | None
    standstill: Wait | None
    fallen: tuple[AwardPlace, ...] = ()


def award_release(header: Header, itt: InvitationToTender, facts: AwardFacts) -> Json:
    """Build the release of a contract award notice (UK6; PR24 reg 27).

    At £5 million or less it counts the bids; above, it also names each unsuccessful provider that was
    assessed.
    """
    buyer = parties.buyer_party(itt.authority, page=header.publisher.opportunity_url(itt.reference))
    decided_at = facts.decision.decided_at
    winners = {
        place: parties.provider_party(place.bid.provider, roles=["tenderer", "supplier"], at=decided_at)
        for place in facts.prices
    }
    lot = facts.decision.lot
    common = {
        "status": AWARD_STATUS_BEFORE_CONTRACT,
        "date": instant(decided_at) if decided_at else None,
        "relatedLots": [lot_id(lot)],
        "mainProcurementCategory": "services",
        "aboveThreshold": is_above(itt),
        "contractPeriod": term_of(itt),
        "assessmentSummariesDateSent": instant(facts.summaries_at) if facts.summaries_at else None,
        "standstillPeriod": _standstill(facts.standstill),
        "documents": [document_of(header, itt)],
    }
    # What differs from supplier to supplier makes an award of its own (OCDS 1.1, award).
    awards = [
        {
            "id": award_id(place),
            "title": lot.title if place.is_only else f"{lot.title}: {place.words}",
            "value": {"amount": number(price), "currency": CURRENCY},
            "suppliers": [parties.reference(winners[place])],
            **common,
        }
        for place, price in facts.prices.items()
    ]
    return release(
        header,
        itt,
        buyer,
        {
            "parties": [buyer, *winners.values(), *_unsuccessful(facts, header)],
            "tender": {**tender_state(itt), "lots": [{"id": lot_id(lot), "status": "complete"}]},
            "bids": {"statistics": _statistics(facts)},
            "awards": [*fallen_awards(facts.fallen), *(without_gaps(award) for award in awards)],
        },
    )


def _standstill(standstill: Wait | None) -> Json | None:
    if standstill is None:
        return None
    return {"startDate": day_start(standstill.first), "endDate": day_end(standstill.last)}


def _statistics(facts: AwardFacts) -> list[Json]:
    """Received, assessed, and of those assessed the small and the voluntary and community ones (PR24 reg
    27).
    """
    lot = lot_id(facts.decision.lot)
    counts = {
        "bids": facts.received,
        "finalStageBids": len(facts.assessed),
        "smeFinalStageBids": sum(provider.is_sme for provider in facts.assessed),
        "vcseFinalStageBids": sum(provider.is_vcse for provider in facts.assessed),
    }
    return [
        {"id": f"{measure}-{lot}", "measure": measure, "value": value, "relatedLot": lot}
        for measure, value in counts.items()
    ]


def _unsuccessful(facts: AwardFacts, header: Header) -> list[Json]:
    limit = threshold(ThresholdKind.NAMES_OF_UNSUCCESSFUL, local_date(header.published_at))
    if not any(limit.reached_by(price) for price in facts.prices.values()):
        return []
    losers = [provider for provider in facts.assessed if provider.id not in facts.successful]
    written = [
        parties.provider_party(provider, roles=["tenderer"], at=facts.decision.decided_at) for provider in losers
    ]
    # By register number: an order of names or of marks would say more than the law asks.
    return sorted(written, key=lambda party: str(party["id"]))
