"""Reading awards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from portal.awarding.models import AssessmentSummary, AwardDecision, AwardPlace, SettingAside, Standstill
from portal.awarding.states import IN_FORCE, DecisionStatus, PlaceStatus, SettingAsideStatus
from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.bidding.validity import validities_of
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.evaluation.models import Result
from portal.evaluation.reading import read_prices
from portal.evaluation.scoring_input import bid_key
from portal.organisations.models import Provider
from portal.tendering.models import Lot


def whose_places() -> ORMOption:
    """With the awards whom they go to, and what these were called before."""
    return (
        selectinload(AwardDecision.places)
        .joinedload(AwardPlace.bid)
        .joinedload(Bid.provider)
        .selectinload(Provider.former)
    )


def decisions_in_force(lot_id: uuid.UUID) -> Sequence[AwardDecision]:
    """The lot's proposed and decided awards, the newest last; what was refused or set aside is history.

    There is one, or a further one for each time that a place became vacant while others stood.
    """
    in_force = select(AwardDecision).where(AwardDecision.lot_id == lot_id, AwardDecision.status.in_(IN_FORCE))
    return db.session.scalars(in_force.options(whose_places()).order_by(AwardDecision.number)).all()


def decision_in_force(lot_id: uuid.UUID) -> AwardDecision | None:
    """The newest of the lot's proposed and decided awards."""
    return next(reversed(decisions_in_force(lot_id)), None)


def last_refused(lot_id: uuid.UUID) -> AwardDecision | None:
    """The lot's newest proposal that an approver refused."""
    refused = select(AwardDecision).where(
        AwardDecision.lot_id == lot_id, AwardDecision.status == DecisionStatus.REFUSED
    )
    return db.session.scalars(refused.order_by(AwardDecision.proposed_at.desc()).limit(1)).first()


def places_held(lot_id: uuid.UUID) -> Sequence[AwardPlace]:
    """The places of a lot that are awarded, or proposed to be, in their order; nobody has withdrawn from them."""
    return db.session.scalars(
        select(AwardPlace)
        .join(AwardPlace.decision)
        .where(
            AwardDecision.lot_id == lot_id,
            AwardDecision.status.in_(IN_FORCE),
            AwardPlace.status == PlaceStatus.AWARDED,
        )
        .options(contains_eager(AwardPlace.decision), joinedload(AwardPlace.bid).joinedload(Bid.provider))
        .order_by(AwardPlace.place)
    ).all()


def announced_and_fallen(lot_ids: Sequence[uuid.UUID]) -> Sequence[AwardPlace]:
    """The places of lots that were announced and set aside, the oldest first."""
    return db.session.scalars(
        select(AwardPlace)
        .join(AwardPlace.decision)
        .where(
            AwardDecision.lot_id.in_(lot_ids),
            AwardDecision.announced_date.is_not(None),
            or_(AwardDecision.status == DecisionStatus.SET_ASIDE, AwardPlace.status != PlaceStatus.AWARDED),
        )
        .order_by(AwardDecision.lot_id, AwardDecision.number, AwardPlace.place)
    ).all()


def next_number(lot_id: uuid.UUID) -> int:
    """Which of the lot's awards the next one is, of those that stand, or were announced and set aside."""
    counts = or_(AwardDecision.status == DecisionStatus.DECIDED, AwardDecision.announced_date.is_not(None))
    before = select(func.count()).select_from(AwardDecision).where(AwardDecision.lot_id == lot_id, counts)
    return 1 + db.session.execute(before).scalar_one()


def setting_aside_waits(itt_id: uuid.UUID, *, apart_from: SettingAside | None = None) -> bool:
    """Whether it is proposed to set an award aside, or scores, and waits for its second person."""
    waiting = exists().where(SettingAside.itt_id == itt_id, SettingAside.status == SettingAsideStatus.PROPOSED)
    if apart_from is not None:
        waiting = waiting.where(SettingAside.id != apart_from.id)
    return bool(db.session.scalar(select(waiting)))


def awards_set_aside_by(proposal_id: uuid.UUID) -> Sequence[AwardDecision]:
    """The awards that fell with a decision to set them aside."""
    fallen = select(AwardDecision).where(AwardDecision.set_aside_by_id == proposal_id)
    return db.session.scalars(fallen.order_by(AwardDecision.decided_at, AwardDecision.id)).all()


def withdrawn_bids(lot_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The bids for a lot that were awarded it and then withdrew."""
    return frozenset(
        db.session.scalars(
            select(AwardPlace.bid_id)
            .join(AwardPlace.decision)
            .where(AwardDecision.lot_id == lot_id, AwardPlace.status != PlaceStatus.AWARDED)
        )
    )


def out_of_validity(lot_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The bids for a lot whose time is past, and whose bidder declined more or did not answer in time."""
    standing = validities_of([opened.bid_id for opened in opened_bids_of(lot_id)])
    return frozenset(bid_id for bid_id, validity in standing.items() if validity.is_out)


def proposed_lots(itt_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The lots whose award waits for its approver."""
    proposed = select(AwardDecision.lot_id).where(
        AwardDecision.itt_id == itt_id, AwardDecision.status == DecisionStatus.PROPOSED
    )
    return frozenset(db.session.scalars(proposed))


def earlier_decisions(lot_id: uuid.UUID) -> Sequence[AwardDecision]:
    """The lot's awards that were refused or set aside, oldest first, with whom they went to."""
    return db.session.scalars(
        select(AwardDecision)
        .where(AwardDecision.lot_id == lot_id, AwardDecision.status.not_in(IN_FORCE))
        .options(
            whose_places(),
            joinedload(AwardDecision.set_aside_by),
        )
        .order_by(AwardDecision.proposed_at, AwardDecision.id)
    ).all()


def opened_bids_of(*lot_ids: uuid.UUID) -> Sequence[OpenedBid]:
    """The opened bids of some lots that stand with their providers, by lot and label."""
    return db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .join(Bid.lot)
        .where(Bid.lot_id.in_(lot_ids), STANDS)
        .options(contains_eager(OpenedBid.bid).joinedload(Bid.provider))
        .order_by(Lot.number, OpenedBid.label)
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
