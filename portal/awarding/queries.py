"""Reading awards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.awarding.models import AssessmentSummary, AwardDecision, Standstill
from portal.awarding.states import DecisionStatus
from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.evaluation.models import Result
from portal.evaluation.reading import read_prices
from portal.evaluation.scoring_input import bid_key


def current_result(lot_id: uuid.UUID) -> Result | None:
    """The lot's newest result."""
    newest = select(Result).where(Result.lot_id == lot_id).order_by(Result.calculated_at.desc()).limit(1)
    return db.session.scalars(newest).one_or_none()


def decision_in_force(lot_id: uuid.UUID) -> AwardDecision | None:
    """The lot's proposed or decided award; a refused one is history."""
    return db.session.scalars(
        select(AwardDecision).where(AwardDecision.lot_id == lot_id, AwardDecision.status != DecisionStatus.REFUSED)
    ).one_or_none()


def last_refused(lot_id: uuid.UUID) -> AwardDecision | None:
    """The lot's newest proposal that an approver refused."""
    refused = select(AwardDecision).where(
        AwardDecision.lot_id == lot_id, AwardDecision.status == DecisionStatus.REFUSED
    )
    return db.session.scalars(refused.order_by(AwardDecision.proposed_at.desc()).limit(1)).first()


def decisions_of(itt_id: uuid.UUID) -> Sequence[AwardDecision]:
    """Every decision of an ITT, oldest first, with the winning bid's provider."""
    return db.session.scalars(
        select(AwardDecision)
        .where(AwardDecision.itt_id == itt_id)
        .options(joinedload(AwardDecision.winning_bid).joinedload(Bid.provider), joinedload(AwardDecision.lot))
        .order_by(AwardDecision.proposed_at, AwardDecision.id)
    ).all()


def opened_bids_of_lot(lot_id: uuid.UUID) -> Sequence[OpenedBid]:
    """The lot's opened and sound bids with their providers, by label."""
    return db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(Bid.lot_id == lot_id, OpenedBid.quarantine_reason.is_(None))
        .options(joinedload(OpenedBid.bid).joinedload(Bid.provider))
        .order_by(OpenedBid.label)
    ).all()


def summaries_of(decision_id: uuid.UUID) -> Sequence[AssessmentSummary]:
    """Every bidder's summary of a decision, by provider's name."""
    return db.session.scalars(
        select(AssessmentSummary)
        .where(AssessmentSummary.decision_id == decision_id)
        .options(joinedload(AssessmentSummary.provider))
        .order_by(AssessmentSummary.reference)
    ).all()


def summary_by_reference(reference: str) -> AssessmentSummary:
    """The summary, or `NotFound`."""
    found = db.session.scalars(
        select(AssessmentSummary).where(AssessmentSummary.reference == reference.upper())
    ).one_or_none()
    if found is None:
        raise NotFound("There is no assessment summary with that reference.")
    return found


def summaries_of_provider(provider_id: uuid.UUID) -> Sequence[AssessmentSummary]:
    """A provider's summaries, newest first."""
    return db.session.scalars(
        select(AssessmentSummary)
        .where(AssessmentSummary.provider_id == provider_id)
        .options(joinedload(AssessmentSummary.decision).joinedload(AwardDecision.itt))
        .order_by(AssessmentSummary.issued_at.desc(), AssessmentSummary.id)
    ).all()


def standstill_of(decision_id: uuid.UUID) -> Standstill | None:
    """The decision's standstill, once it has started."""
    return db.session.scalars(select(Standstill).where(Standstill.decision_id == decision_id)).one_or_none()


def ranking_of(result: Result | None, actor: Actor) -> list[dict[str, Any]]:
    """The ranking for the actor as rows {rank, bid_id, bid, organisation, provider, label, total, price}."""
    if result is None:
        return []
    priced = read_prices(itt=result.itt, lot_id=result.lot_id, reader=actor)
    opened = {bid_key(found): found for found in priced.values()}
    return [
        {
            "rank": entry["rank"],
            "bid_id": opened[entry["bid"]].bid_id,
            "bid": entry["bid"],
            "organisation": opened[entry["bid"]].bid.provider,
            "provider": opened[entry["bid"]].bid.provider.name,
            "label": opened[entry["bid"]].label,
            "total": entry["total"],
            "price": opened[entry["bid"]].price,
        }
        for entry in result.outcome["ranking"]
    ]
