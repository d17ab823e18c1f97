"""Reading what a safeguarding lead looks after, and what is held on a panel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.sessions import actor_for
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.models import HeldWords, PanelWork
from portal.tendering.models import InvitationToTender

_WHOLE = (
    joinedload(HeldWords.author),
    joinedload(HeldWords.criterion),
    joinedload(HeldWords.read_by),
    joinedload(HeldWords.decided_by),
    joinedload(HeldWords.work).options(joinedload(PanelWork.panel), joinedload(PanelWork.itt)),
)


def panels_looked_after(actor: Actor) -> Sequence[PanelWork]:
    """The panels whose safeguarding lead or deputy the actor is, or stands in for, the newest first."""
    found = db.session.scalars(
        _looked_after(actor)
        .options(joinedload(PanelWork.panel), joinedload(PanelWork.itt))
        .order_by(InvitationToTender.opened_at.desc().nulls_first(), PanelWork.panel_id)
    )
    return [work for work in found if policy.allows(actor, Verb.SEE_HELD_WORDS, work)]


def _looked_after(actor: Actor) -> Select[Any]:
    people = [person for person in actor.people if person is not None]
    named = or_(PanelWork.safeguarding_lead_id.in_(people), PanelWork.safeguarding_deputy_id.in_(people))
    return select(PanelWork).join(PanelWork.itt).where(named)


def readers_of(work: PanelWork) -> Sequence[uuid.UUID]:
    """The lead and the deputy, in that order, as far as they hold the role still."""
    named = (work.safeguarding_lead_id, work.safeguarding_deputy_id)
    return [one for one in named if one and policy.allows(actor_for(one), Verb.SEE_HELD_WORDS, work)]


def held_on_panel(panel_id: uuid.UUID, *statuses: HeldStatus) -> Sequence[HeldWords]:
    """The words of a panel with one of the statuses, the oldest first; none given: all that were looked through."""
    found = select(HeldWords).where(HeldWords.panel_id == panel_id).options(*_WHOLE)
    found = found.where(HeldWords.status.in_(statuses or [one for one in HeldStatus if not one.is_unscreened]))
    return db.session.scalars(found.order_by(HeldWords.held_at, HeldWords.id)).all()


def held_words_with(held_id: uuid.UUID) -> HeldWords:
    """One of them, or `NotFound`."""
    found = db.session.scalars(select(HeldWords).where(HeldWords.id == held_id).options(*_WHOLE)).one_or_none()
    if found is None:
        raise NotFound("There is nothing here for you.")
    return found


def disclosures_waiting_for(actor: Actor) -> Sequence[tuple[PanelWork, datetime]]:
    """The panels of the lead on which something that may be about harm is not dealt with, and since when."""
    waits = select(HeldWords.panel_id, func.min(HeldWords.held_at).label("since"))
    oldest = waits.where(HeldWords.status == HeldStatus.WITH_LEAD).group_by(HeldWords.panel_id).subquery()
    found = _looked_after(actor).join(oldest, oldest.c.panel_id == PanelWork.panel_id).add_columns(oldest.c.since)
    rows = db.session.execute(found.options(joinedload(PanelWork.panel), joinedload(PanelWork.itt)))
    return [(work, since) for work, since in rows]
