"""Reading a panel's moderation: who is there, who moved, which scores are still open."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.core.columns import db
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.moderation_models import Attendance, Movement
from portal.evaluation.queries import members_of
from portal.evaluation.states import MemberRole


def seats_of(panel_id: uuid.UUID) -> Sequence[PanelMember]:
    """Whoever is on the panel now, neither removed nor recused, in the order of their appointment."""
    members = members_of([panel_id]).get(panel_id, [])
    return [member for member in members if member.removed_at is None and member.recused_at is None]


def attendance_of(panel_id: uuid.UUID) -> Sequence[Attendance]:
    """Who took part in the panel's moderation from when to when, in the order in which they came."""
    return db.session.scalars(
        select(Attendance)
        .join(Attendance.member)
        .where(PanelMember.panel_id == panel_id)
        .options(contains_eager(Attendance.member))
        .order_by(Attendance.came_at, PanelMember.appointed_at, PanelMember.id)
    ).all()


def present_members(work: PanelWork) -> Sequence[PanelMember]:
    """Whoever scores on the panel and takes part in its moderation now."""
    there = {row.panel_member_id for row in attendance_of(work.panel_id) if row.left_at is None}
    return [
        member for member in seats_of(work.panel_id) if member.id in there and member.role is not MemberRole.FACILITATOR
    ]


def movements_of(panel_id: uuid.UUID, bid_id: uuid.UUID) -> Mapping[uuid.UUID, list[Movement]]:
    """Who came round about a bid, those included that were written anew, by criterion, the oldest first."""
    found = db.session.scalars(
        select(Movement)
        .join(Movement.member)
        .where(PanelMember.panel_id == panel_id, Movement.bid_id == bid_id)
        .options(contains_eager(Movement.member))
        .order_by(Movement.written_at, Movement.id)
    )
    by_criterion: dict[uuid.UUID, list[Movement]] = defaultdict(list)
    for movement in found:
        by_criterion[movement.criterion_id].append(movement)
    return by_criterion


def every_movement(panel_id: uuid.UUID) -> Sequence[Movement]:
    """Whoever came round on the panel, those included that were written anew."""
    return db.session.scalars(
        select(Movement)
        .join(Movement.member)
        .where(PanelMember.panel_id == panel_id)
        .options(contains_eager(Movement.member))
    ).all()


def every_answer(panel_id: uuid.UUID) -> Sequence[ScoreConsent]:
    """Whatever members of the panel said to its agreed scores, those answers included that were replaced."""
    return db.session.scalars(
        select(ScoreConsent)
        .join(ScoreConsent.member)
        .where(PanelMember.panel_id == panel_id)
        .options(contains_eager(ScoreConsent.member))
    ).all()
