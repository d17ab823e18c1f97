"""Reading who scores on an authority's panels, and what training is written down for them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.columns import db
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.evaluation.training.gate import SCORING_ADULTS
from portal.evaluation.training.models import TrainingRecord
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender


@dataclass(frozen=True)
class Trained:
    """Somebody who scores, with what was written down for them, the latest first."""

    person: User
    records: Sequence[TrainingRecord]
    is_trained: bool


def may_be_trained(authority_id: uuid.UUID) -> list[User]:
    """Adults who score on panels of the authority that have not closed, by name (one statement)."""
    seated = (
        select(PanelMember.user_id)
        .join(PanelWork, PanelWork.panel_id == PanelMember.panel_id)
        .join(InvitationToTender, InvitationToTender.id == PanelWork.itt_id)
        .where(
            InvitationToTender.authority_id == authority_id,
            PanelWork.status != PanelWorkStatus.CLOSED,
            PanelMember.role.in_(SCORING_ADULTS),
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
        )
    )
    found = db.session.scalars(select(User).where(User.id.in_(seated)))
    return sorted(found, key=lambda person: (person.display_name.casefold(), person.id))


def training_of(authority_id: uuid.UUID, now: datetime) -> list[Trained]:
    """Everybody who scores on the authority's panels, with their training (two statements)."""
    people, day = may_be_trained(authority_id), local_date(now)
    held: dict[uuid.UUID, list[TrainingRecord]] = {person.id: [] for person in people}
    written = select(TrainingRecord).where(
        TrainingRecord.authority_id == authority_id, TrainingRecord.user_id.in_(held)
    )
    for one in db.session.scalars(written.order_by(TrainingRecord.finished_date.desc(), TrainingRecord.id)):
        held[one.user_id].append(one)
    return [Trained(person, held[person.id], any(one.counts_on(day) for one in held[person.id])) for person in people]
