"""Reading the register of contracts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.awarding.models import AwardDecision, AwardPlace, Standstill
from portal.awarding.states import DecisionStatus, PlaceStatus
from portal.bidding.models import Bid
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.evaluation.models import Result
from portal.organisations.models import Provider
from portal.regulation.procurement_law import StandstillDuty
from portal.tendering.models import InvitationToTender, Lot

PAGE = 50
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When a standstill that was not offered was over."""


def incumbents_of(result: Result) -> set[str]:
    """Which bids of a result's lot come of providers who had a contract with its buyer before the bids were opened.

    By the bids' references, whatever the contract was about and whether or not it still runs.
    """
    earlier = exists().where(
        Contract.provider_id == Bid.provider_id,
        Contract.authority_id == InvitationToTender.authority_id,
        Contract.concluded_at < InvitationToTender.opened_at,
    )
    found = select(Bid.reference).join(InvitationToTender, InvitationToTender.id == Bid.itt_id)
    return set(db.session.scalars(found.where(Bid.lot_id == result.lot_id, earlier)))


def contract_by_reference(reference: str) -> Contract:
    """The contract with its parties and break points, or `NotFound`."""
    found = db.session.scalars(
        select(Contract)
        .where(Contract.reference == reference.upper())
        .options(
            joinedload(Contract.authority),
            joinedload(Contract.provider).selectinload(Provider.former),
            joinedload(Contract.itt),
            selectinload(Contract.break_points),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no contract with that reference.")
    return found


def register_page(*, after: tuple[datetime, uuid.UUID] | None = None, limit: int = PAGE) -> Sequence[Contract]:
    """Up to `limit` contracts, newest first, continuing after a contract's (concluded_at, id)."""
    query = _register().limit(limit)
    if after is not None:
        query = query.where(tuple_(Contract.concluded_at, Contract.id) < after)
    return db.session.scalars(query).all()


def whole_register() -> Iterator[Contract]:
    """Every contract, newest first, a thousand at a time from the server."""
    yield from db.session.scalars(_register().execution_options(yield_per=1000))


def _register() -> Select[Any]:
    return (
        select(Contract)
        .options(
            joinedload(Contract.authority),
            joinedload(Contract.provider).selectinload(Provider.former),
            joinedload(Contract.itt).defer(InvitationToTender.method),
        )
        .order_by(Contract.concluded_at.desc(), Contract.id.desc())
    )


def contracts_of_itt(itt_id: uuid.UUID) -> Sequence[Contract]:
    """An ITT's contracts by lot."""
    return db.session.scalars(
        select(Contract)
        .where(Contract.itt_id == itt_id)
        .options(
            joinedload(Contract.lot),
            joinedload(Contract.provider).selectinload(Provider.former),
            selectinload(Contract.break_points),
        )
        .order_by(Contract.concluded_at, Contract.id)
    ).all()


def contracts_of_provider(provider_id: uuid.UUID) -> Sequence[Contract]:
    """A provider's contracts, newest first."""
    return db.session.scalars(
        select(Contract)
        .where(Contract.provider_id == provider_id)
        .options(joinedload(Contract.authority))
        .order_by(Contract.concluded_at.desc(), Contract.id)
    ).all()


def places_to_sign(itt_id: uuid.UUID) -> Sequence[AwardPlace]:
    """The places in decided awards without a contract, by lot: those first that can be signed, or can be soonest."""
    until = func.coalesce(Standstill.ends_until, case((AwardDecision.standstill_kind == StandstillDuty.NONE, LONG_AGO)))
    return db.session.scalars(
        select(AwardPlace)
        .join(AwardPlace.decision)
        .join(AwardDecision.lot)
        .outerjoin(Standstill, Standstill.decision_id == AwardDecision.id)
        .where(AwardDecision.itt_id == itt_id, is_to_sign())
        .options(
            contains_eager(AwardPlace.decision).contains_eager(AwardDecision.lot),
            joinedload(AwardPlace.bid).joinedload(Bid.provider).selectinload(Provider.former),
        )
        .order_by(until.nulls_last(), Lot.number, AwardPlace.place)
    ).all()


def is_to_sign() -> ColumnElement[bool]:
    """Whether the place of an award, both in the statement, is decided, kept, and without a contract."""
    return and_(
        AwardDecision.status == DecisionStatus.DECIDED,
        AwardPlace.status == PlaceStatus.AWARDED,
        ~exists().where(Contract.place_id == AwardPlace.id),
    )
