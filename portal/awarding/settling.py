"""What has become of each lot, and what follows for the procurement once every lot has its outcome."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from portal.awarding.models import AwardDecision, AwardPlace
from portal.awarding.queries import places_held, proposed_lots
from portal.awarding.states import DecisionStatus, PlaceStatus
from portal.core.columns import db
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import ITT, EndingStatus, IttStatus


def settle(itt: InvitationToTender, now: datetime) -> None:
    """Move the procurement on once every lot is awarded or ended: to AWARDED, or, where no lot was, to NOT_AWARDED.

    The caller holds the row's lock.
    """
    db.session.flush()
    awarded, ended = awarded_lots(itt.id), ended_lots(itt.id)
    if itt.status is IttStatus.AWARDED or {lot.id for lot in itt.lots} - awarded - ended:
        return
    if awarded:
        itt.status = ITT.move(itt.status, IttStatus.AWARDED)
    else:
        end(itt, IttStatus.NOT_AWARDED, now)


def end(itt: InvitationToTender, status: IttStatus, now: datetime) -> None:
    """End the procurement without a contract, and keep how far it had come."""
    itt.ended_from, itt.ended_at = itt.status.value, now
    itt.status = ITT.move(itt.status, status)


def open_lots(itt: InvitationToTender) -> list[Lot]:
    """The lots that are neither awarded nor ended."""
    settled = awarded_lots(itt.id) | ended_lots(itt.id)
    return [lot for lot in itt.lots if lot.id not in settled]


def awarded_lots(itt_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The lots whose award two people have decided, and in which no place has become vacant."""
    decided = select(AwardDecision.lot_id).where(
        AwardDecision.itt_id == itt_id, AwardDecision.status == DecisionStatus.DECIDED
    )
    vacant = select(AwardDecision.lot_id).join(AwardDecision.places)
    vacant = vacant.where(AwardDecision.itt_id == itt_id, is_vacant(AwardPlace, AwardDecision))
    return frozenset(db.session.scalars(decided.except_(vacant)))


def vacant_places(lot: Lot) -> list[int]:
    """The places of a lot that can be awarded now: all while it goes to nobody, then those that became vacant.

    None while an award of it waits for its approver.
    """
    if lot.id in proposed_lots(lot.itt_id):
        return []
    if not places_held(lot.id):
        return list(range(1, lot.places + 1))
    return sorted({place.place for place in vacated(lot)})


def vacated(lot: Lot) -> Sequence[AwardPlace]:
    """The places of a lot whose bidder withdrew, and which nobody has taken, while others stand; the newest last."""
    return db.session.scalars(
        select(AwardPlace)
        .join(AwardPlace.decision)
        .where(AwardDecision.lot_id == lot.id, is_vacant(AwardPlace, AwardDecision))
        .order_by(AwardPlace.place, AwardDecision.number)
    ).all()


def is_vacant(place: type[AwardPlace], award: type[AwardDecision]) -> ColumnElement[bool]:
    """Whether the bidder of a place of a decided award, both in the statement, withdrew and nobody has taken it."""
    kept, by = aliased(AwardPlace), aliased(AwardDecision)
    taken = exists().where(
        kept.decision_id == by.id,
        by.lot_id == award.lot_id,
        by.status == DecisionStatus.DECIDED,
        kept.place == place.place,
        kept.status != PlaceStatus.WITHDRAWN,
    )
    return and_(award.status == DecisionStatus.DECIDED, place.status == PlaceStatus.WITHDRAWN, ~taken)


def ended_lots(itt_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The lots that two people have ended without an award."""
    ended = select(Ending.lot_id).where(
        Ending.itt_id == itt_id, Ending.status == EndingStatus.DECIDED, Ending.lot_id.is_not(None)
    )
    return frozenset(found for found in db.session.scalars(ended) if found is not None)
