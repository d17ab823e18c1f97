"""A young chair, who confirms each agreed score last and closes the moderation together with the facilitator."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.queries import counting_members, seat_of
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.models import YoungChair
from portal.evaluation.workbench import places_of


def name_young_chair(*, work: PanelWork, member_id: uuid.UUID | None, actor: Actor, now: datetime) -> None:
    """Write down whom the young people have as their chair; None: nobody, while the panel does not moderate yet.

    Consequences: whoever was it before is no longer. Records YOUNG_CHAIR_NAMED with the seat. Raises `InvalidInput`
    (field "chair") for whoever is no young person on the panel now, and for nobody while it moderates: a chair who says
    no could be put out of the way; `NotAllowed` for anybody but the facilitator, `WrongState`.
    """
    take(work, Verb.PREPARE_SITTINGS, actor=actor)
    before = chairing_of(work.panel_id)
    if (before.member_id if before else None) == member_id:
        return
    young = {member.id for member in counting_members(work.panel_id) if member.role is MemberRole.YOUNG_MEMBER}
    if member_id is not None and member_id not in young:
        raise InvalidInput("Choose somebody of this group.", field="chair")
    if member_id is None and work.status.is_moderating:
        raise InvalidInput("The group has a chair while it moderates. They can choose another one.", field="chair")
    _end(work, now=now)
    assert actor.user_id is not None
    if member_id is not None:
        db.session.add(YoungChair(panel_id=work.panel_id, member_id=member_id, named_by_id=actor.user_id, named_at=now))
        db.session.flush()
    record(EventKind.YOUNG_CHAIR_NAMED, work, actor=actor, panel=work.panel.key, member=member_id)


def finish_as_chair(*, work: PanelWork, actor: Actor, now: datetime) -> None:
    """Say, as the young chair, that the group has finished agreeing: from now on the facilitator can close.

    Records YOUNG_CHAIR_FINISHED. Raises `NotAllowed` for everybody else, `WrongState` while a score does not stand.
    """
    take(work, Verb.CONSENT, actor=actor)
    seat, chairing = seat_of(work.panel_id, actor.user_id), chairing_of(work.panel_id)
    if chairing is None or chairing.member_id != seat.id:
        raise NotAllowed("Only the chair of your group can say that you have finished.")
    if not all(place.stands for place in places_of(work)):
        raise WrongState("Some scores are still open. Your group agrees them first.")
    if chairing.finished_at is None:
        chairing.finished_at = now
        record(EventKind.YOUNG_CHAIR_FINISHED, work, actor=actor, panel=work.panel.key, member=seat.id)


def chairing_of(panel_id: uuid.UUID) -> YoungChair | None:
    """Who chairs the young people now; None where nobody is named, and once they have left the panel."""
    return db.session.scalars(
        select(YoungChair)
        .join(PanelMember, PanelMember.id == YoungChair.member_id)
        .where(
            YoungChair.panel_id == panel_id,
            YoungChair.ended_at.is_(None),
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
        )
    ).one_or_none()


def chairs_of(panel_id: uuid.UUID) -> Sequence[YoungChair]:
    """Everybody who chaired the young people, the first one first."""
    chairs = select(YoungChair).where(YoungChair.panel_id == panel_id)
    return db.session.scalars(chairs.order_by(YoungChair.named_at, YoungChair.id)).all()


def go_on(panel_id: uuid.UUID) -> None:
    """Let the young chair's word that the group has finished fall: a score is agreed anew, or the panel reopened."""
    chairing = YoungChair.panel_id == panel_id, YoungChair.ended_at.is_(None)
    db.session.execute(update(YoungChair).where(*chairing).values(finished_at=None))


def require_chair_finished(panel_id: uuid.UUID) -> None:
    """Raise `WrongState` where a young chair has not said yet that the group has finished."""
    chairing = chairing_of(panel_id)
    if chairing is not None and chairing.finished_at is None:
        raise WrongState(
            "The young chair closes with you: they say on their own page, with their card, that the group has finished."
        )


def _end(work: PanelWork, *, now: datetime) -> None:
    in_force = YoungChair.panel_id == work.panel_id, YoungChair.ended_at.is_(None)
    db.session.execute(update(YoungChair).where(*in_force).values(ended_at=now))
