"""Cards for the demonstration's young people, issued by the demonstration's facilitator."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.cards import forget_pin
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import SYSTEM
from portal.core.seals import KeyFolder
from portal.evaluation.models import PanelMember, PanelWork, Scorecard
from portal.evaluation.panels import issue_sitting_card
from portal.evaluation.states import MemberRole, PanelWorkStatus, ScorecardStatus
from portal.scenarios import people
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import IttStatus


def young_members() -> Sequence[PanelMember]:
    """The young people who have still to submit their scores, or read what came of them, by procurement and alias."""
    finished = exists().where(
        Scorecard.panel_member_id == PanelMember.id, Scorecard.status == ScorecardStatus.SUBMITTED
    )
    found = db.session.scalars(
        select(PanelMember)
        .join(PanelMember.panel)
        .join(Panel.itt)
        .join(PanelWork, PanelWork.panel_id == Panel.id)
        .where(
            PanelMember.role == MemberRole.YOUNG_MEMBER,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
            or_(
                and_(
                    PanelWork.status == PanelWorkStatus.SCORING,
                    InvitationToTender.status == IttStatus.OPENED,
                    ~finished,
                ),
                InvitationToTender.status == IttStatus.CONTRACTED,
            ),
        )
        .options(joinedload(PanelMember.panel).joinedload(Panel.itt))
    )
    return sorted(found, key=lambda member: (member.panel.itt.title, member.alias))


def issue_demonstration_card(member: str, *, keys: KeyFolder, now: datetime) -> str:
    """Issue a card for one of `young_members` (by its id) and return the code; raises `NotFound` for anybody else.

    The PIN of whoever played that part before is forgotten.
    """
    try:
        wanted = uuid.UUID(member)
    except ValueError as nonsense:
        raise NotFound("There is no such young person.") from nonsense
    found = next((row for row in young_members() if row.id == wanted), None)
    if found is None:
        raise NotFound("There is no such young person with something to do here.")
    work = db.session.get_one(PanelWork, found.panel_id)
    forget_pin(member_user=found.user, actor=SYSTEM, now=now)
    facilitator = people.actor_of(people.FACILITATOR)
    _, card = issue_sitting_card(work=work, member_id=found.id, actor=facilitator, keys=keys, now=now)
    return card.code
