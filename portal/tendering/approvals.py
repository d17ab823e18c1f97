"""Reading whether a draft is approved, and taking that back when it changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select, update

from portal.core.columns import db
from portal.tendering.approval_models import IN_FORCE, ApprovalStatus, PublicationApproval
from portal.tendering.models import InvitationToTender


def approval_in_force(itt_id: uuid.UUID) -> PublicationApproval | None:
    """What was asked for or approved, and is not overtaken by a change."""
    return db.session.scalars(
        select(PublicationApproval).where(
            PublicationApproval.itt_id == itt_id, PublicationApproval.status.in_(IN_FORCE)
        )
    ).one_or_none()


def last_sent_back(itt_id: uuid.UUID) -> PublicationApproval | None:
    """What an approver sent back last, where nothing was asked since."""
    last = db.session.scalars(
        select(PublicationApproval)
        .where(PublicationApproval.itt_id == itt_id)
        .order_by(PublicationApproval.proposed_at.desc())
        .limit(1)
    ).first()
    return last if last is not None and last.status.is_sent_back else None


def overtake(itt: InvitationToTender) -> None:
    """Take back what was asked for or approved: the draft is another one now."""
    db.session.execute(
        update(PublicationApproval)
        .where(PublicationApproval.itt_id == itt.id, PublicationApproval.status.in_(IN_FORCE))
        .values(status=ApprovalStatus.OVERTAKEN)
    )


def approval_faults(itt: InvitationToTender) -> Iterator[str]:
    """Say that a second person is missing; a direct award has its own (`calling_off.approve_direct_award`)."""
    if itt.law.names_one_provider:
        return
    found = approval_in_force(itt.id)
    if found is None:
        yield "Ask an approver to look at it: a second person approves what is published."
    elif found.status.is_proposed:
        yield "It waits for an approver."
