"""Whether somebody may score as far as their training goes: where their council asks for it, and nowhere else."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Select, exists, select

from portal.core.columns import db
from portal.core.errors import NotAllowed
from portal.evaluation.models import PanelMember
from portal.evaluation.states import MemberRole
from portal.evaluation.training.models import TrainingRecord
from portal.organisations.models import ContractingAuthority
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender, Panel

SCORING_ADULTS = (MemberRole.CHAIR, MemberRole.MEMBER)
"""Young people practise instead (`taking_part/practising.py`), and a facilitator gives no marks."""


def lacks_training(member: PanelMember, now: datetime) -> bool:
    """Whether the member has still to be trained before they score: where their council asks for it."""
    return db.session.scalar(_untrained(local_date(now)).where(PanelMember.id == member.id)) is not None


def untrained_on(itt_id: uuid.UUID, now: datetime) -> frozenset[uuid.UUID]:
    """Which members of the panels of an invitation have still to be trained (one statement)."""
    return frozenset(db.session.scalars(_untrained(local_date(now)).where(Panel.itt_id == itt_id)))


def require_trained(member: PanelMember, now: datetime) -> None:
    """Raise `NotAllowed` for a member who has still to be trained; see `lacks_training`."""
    if lacks_training(member, now):
        raise NotAllowed(
            "Your council asks for training before anybody scores, and none is written down for you. What you have "
            "saved stays. Ask the commissioner.",
            code="not_trained",
        )


def _untrained(day: date) -> Select[uuid.UUID]:
    trained = exists().where(
        TrainingRecord.user_id == PanelMember.user_id,
        TrainingRecord.authority_id == ContractingAuthority.id,
        TrainingRecord.counts_on(day),
    )
    return (
        select(PanelMember.id)
        .join(PanelMember.panel)
        .join(InvitationToTender, InvitationToTender.id == Panel.itt_id)
        .join(ContractingAuthority, ContractingAuthority.id == InvitationToTender.authority_id)
        .where(ContractingAuthority.requires_training, PanelMember.role.in_(SCORING_ADULTS), ~trained)
    )
