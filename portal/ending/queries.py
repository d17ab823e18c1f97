"""Reading how procurements end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import EndingStatus


def ending_in_force(itt_id: uuid.UUID, lot: Lot | None) -> Ending | None:
    """The proposed or decided end of a lot, or of the whole; a refused one is history."""
    of_what = Ending.lot_id.is_(None) if lot is None else Ending.lot_id == lot.id
    return db.session.scalars(
        select(Ending).where(Ending.itt_id == itt_id, of_what, Ending.status != EndingStatus.REFUSED)
    ).one_or_none()


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


def names_of(endings: Sequence[Ending]) -> dict[uuid.UUID, str]:
    """What the people who proposed and decided are called."""
    people = {person for one in endings for person in (one.proposed_by_id, one.decided_by_id) if person}
    return {found.id: found.display_name for found in db.session.scalars(select(User).where(User.id.in_(people)))}


def has_a_contract(itt_id: uuid.UUID) -> bool:
    """Whether the contract of a lot has been concluded."""
    return bool(db.session.scalar(select(exists().where(Contract.itt_id == itt_id))))
