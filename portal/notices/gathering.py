"""Reading what a release tells from the earlier stages."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from portal.awarding.models import AssessmentSummary, AwardDecision, AwardPlace
from portal.awarding.queries import announced_and_fallen, places_held
from portal.awarding.standstill import wait_of
from portal.bidding.models import Bid, OpenedBid
from portal.core.errors import WrongState
from portal.evaluation.reading import Purpose, read_prices
from portal.extensions import db
from portal.notices.announcing import AwardFacts
from portal.organisations.models import Provider


def award_facts(decision: AwardDecision, *, announced: date) -> AwardFacts:
    """Gather what the award notice of a decision tells, when it counts as published on the day `announced`.

    Raises `WrongState` when the winner's bid has no price, and `CalendarUnknown` where the end of the
    standstill cannot be counted.
    """
    opened = read_prices(itt=decision.itt, lot_id=decision.lot_id, reader=Purpose.AWARD_NOTICE)
    prices: dict[AwardPlace, Decimal] = {}
    for place in decision.standing:
        won = opened.get(place.bid_id)
        if won is None or won.price is None:
            raise WrongState("The winning bid has no price to announce.")
        prices[place] = won.price
    return AwardFacts(
        decision=decision,
        prices=prices,
        successful=frozenset(place.bid.provider_id for place in places_held(decision.lot_id)),
        received=_received(decision.lot_id),
        assessed=_assessed_providers(decision.id),
        summaries_at=_summaries_at(decision.id),
        standstill=wait_of(decision, announced),
        fallen=tuple(announced_and_fallen([decision.lot_id])),
    )


def _assessed_providers(decision_id: uuid.UUID) -> tuple[Provider, ...]:
    """Whoever had an assessed bid was sent a summary (PA2023 s.50(3)), the winner included."""
    found = db.session.scalars(
        select(Provider)
        .join(AssessmentSummary, AssessmentSummary.provider_id == Provider.id)
        .where(AssessmentSummary.decision_id == decision_id)
        .order_by(Provider.id)
    )
    return tuple(found)


def _received(lot_id: uuid.UUID) -> int:
    query = select(func.count()).select_from(OpenedBid).join(Bid, Bid.id == OpenedBid.bid_id)
    return db.session.execute(query.where(Bid.lot_id == lot_id)).scalar_one()


def _summaries_at(decision_id: uuid.UUID) -> datetime | None:
    query = select(func.max(AssessmentSummary.issued_at)).where(AssessmentSummary.decision_id == decision_id)
    return db.session.execute(query).scalar_one()
