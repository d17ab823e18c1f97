"""What has become of each lot, and what follows for the procurement once every lot has its outcome."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from portal.awarding.models import AwardDecision
from portal.awarding.states import DecisionStatus
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
    """The lots whose award two people have decided."""
    decided = select(AwardDecision.lot_id).where(
        AwardDecision.itt_id == itt_id, AwardDecision.status == DecisionStatus.DECIDED
    )
    return frozenset(db.session.scalars(decided))


def ended_lots(itt_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The lots that two people have ended without an award."""
    ended = select(Ending.lot_id).where(
        Ending.itt_id == itt_id, Ending.status == EndingStatus.DECIDED, Ending.lot_id.is_not(None)
    )
    return frozenset(found for found in db.session.scalars(ended) if found is not None)
