"""Reading how procurements end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from portal.awarding.models import AwardDecision
from portal.awarding.states import IN_FORCE
from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender
from portal.tendering.states import EndingStatus, IttStatus


def proposed_or_ended(itt_id: uuid.UUID, *, apart_from: Ending | None = None) -> Sequence[uuid.UUID | None]:
    """The lots whose end is proposed or decided, None for the whole; one that was refused or taken back is history."""
    history = (EndingStatus.REFUSED, EndingStatus.WITHDRAWN)
    in_force = select(Ending.lot_id).where(Ending.itt_id == itt_id, Ending.status.not_in(history))
    if apart_from is not None:
        in_force = in_force.where(Ending.id != apart_from.id)
    return db.session.scalars(in_force).all()


def lots_in_award(itt_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The lots of which an award is proposed or decided."""
    return db.session.scalars(
        select(AwardDecision.lot_id).where(AwardDecision.itt_id == itt_id, AwardDecision.status.in_(IN_FORCE))
    ).all()


def lots_being_judged(itt: InvitationToTender) -> Sequence[uuid.UUID]:
    """The lots with bids that are opened and sound, until the panels have closed."""
    if itt.status is not IttStatus.OPENED:
        return ()
    opened = select(Bid.lot_id).join(OpenedBid, OpenedBid.bid_id == Bid.id)
    return db.session.scalars(opened.where(Bid.itt_id == itt.id, STANDS)).all()


def ending_of(itt: InvitationToTender, ending_id: uuid.UUID) -> Ending:
    """One proposal to end that procurement; raises `NotFound`."""
    found = db.session.get(Ending, ending_id)
    if found is None or found.itt_id != itt.id:
        raise NotFound("There is no such proposal.")
    return found


def endings_of(itt_id: uuid.UUID) -> Sequence[Ending]:
    """Every proposal to end that procurement, the newest first, with its lot."""
    return db.session.scalars(
        select(Ending)
        .where(Ending.itt_id == itt_id)
        .options(joinedload(Ending.lot))
        .order_by(Ending.proposed_at.desc(), Ending.id)
    ).all()


def has_a_contract(itt_id: uuid.UUID) -> bool:
    """Whether the contract of a lot has been concluded."""
    return bool(db.session.scalar(select(exists().where(Contract.itt_id == itt_id))))
