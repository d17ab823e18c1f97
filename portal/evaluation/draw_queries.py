"""Reading ties and the lots that are drawn between them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.accounts.models import User
from portal.core.columns import db
from portal.evaluation.draw_models import Draw
from portal.evaluation.queries import current_result
from portal.evaluation.states import DrawStatus
from portal.tendering.models import InvitationToTender, Lot


def tied_bids(lot_id: uuid.UUID) -> list[str]:
    """The references of the bids that share a place in the lot's newest result: one draw parts them all."""
    result = current_result(lot_id)
    return sorted(bid for tie in result.outcome["ties"] for bid in tie) if result is not None else []


def draw_of(lot_id: uuid.UUID) -> Draw | None:
    """The lot's draw that goes on or is done."""
    draws = select(Draw).where(Draw.lot_id == lot_id, Draw.status.in_((DrawStatus.OPEN, DrawStatus.DONE)))
    return db.session.scalars(draws.options(selectinload(Draw.parts))).one_or_none()


def abandoned_draws(lot_id: uuid.UUID) -> Sequence[Draw]:
    """The lot's draws that were given up, the oldest first."""
    draws = select(Draw).where(Draw.lot_id == lot_id, Draw.status == DrawStatus.ABANDONED)
    return db.session.scalars(draws.options(selectinload(Draw.parts)).order_by(Draw.begun_at)).all()


def draws_of(itt_id: uuid.UUID) -> Sequence[Draw]:
    """Every draw of a procurement, by lot, the oldest first."""
    draws = select(Draw).join(Draw.lot).where(Draw.itt_id == itt_id).order_by(Lot.number, Draw.begun_at)
    return db.session.scalars(draws.options(selectinload(Draw.parts))).all()


def people_of(draws: Sequence[Draw]) -> dict[uuid.UUID, str]:
    """What the people who drew are called."""
    people = {part.person_id for draw in draws for part in draw.parts}
    return {found.id: found.display_name for found in db.session.scalars(select(User).where(User.id.in_(people)))}


def lot_to_draw(itt: InvitationToTender) -> Lot | None:
    """The first lot in which bids are tied; where there is none, the first that was drawn."""
    tied = [lot for lot in itt.lots if tied_bids(lot.id)]
    return next(iter([*tied, *(lot for lot in itt.lots if draw_of(lot.id) is not None)]), None)
