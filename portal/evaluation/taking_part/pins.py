"""A young person's PIN that they cannot think of any more: the safeguarding lead alone has it forgotten."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.accounts.cards import forget_pin
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.states import MemberRole


def forget_sitting_pin(*, work: PanelWork, member_id: uuid.UUID, actor: Actor, now: datetime) -> PanelMember:
    """Have a young person's PIN forgotten, because they cannot think of it any more.

    Consequences: every card of theirs stops working and an open sitting ends; the facilitator issues the next card,
    and its first use asks for a new PIN. Two adults are needed for what one could use to sit for the child. Records
    ACCESS_PIN_FORGOTTEN. Raises `NotAllowed` for anybody but the safeguarding lead, `NotFound` for somebody who is not
    a young member of the panel.
    """
    take(work, Verb.FORGET_PIN, actor=actor, share=True)
    member = db.session.get(PanelMember, member_id)
    if member is None or member.panel_id != work.panel_id or member.role is not MemberRole.YOUNG_MEMBER:
        raise NotFound("There is no such young person on this panel.")
    forget_pin(member_user=member.user, actor=actor, now=now)
    return member
