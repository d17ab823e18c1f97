"""Reading what a safeguarding lead looks after."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.core.permissions import Actor, Verb, policy
from portal.evaluation.models import PanelWork
from portal.tendering.models import InvitationToTender


def panels_looked_after(actor: Actor) -> Sequence[PanelWork]:
    """The panels whose safeguarding lead or deputy the actor is, or stands in for, the newest first."""
    people = [person for person in actor.people if person is not None]
    found = db.session.scalars(
        select(PanelWork)
        .join(PanelWork.itt)
        .where(or_(PanelWork.safeguarding_lead_id.in_(people), PanelWork.safeguarding_deputy_id.in_(people)))
        .options(joinedload(PanelWork.panel), joinedload(PanelWork.itt))
        .order_by(InvitationToTender.opened_at.desc().nulls_first(), PanelWork.panel_id)
    )
    return [work for work in found if policy.allows(actor, Verb.SEE_HELD_WORDS, work)]
