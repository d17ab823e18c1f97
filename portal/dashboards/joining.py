"""What the desks show of frameworks and markets: each part in one statement, however many rows there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, load_only

from portal.bidding.models import Bid
from portal.core.columns import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.frameworks.states import CURRENT, AdmissionStatus
from portal.joining.models import Application
from portal.joining.states import PENDING, ApplicationStatus
from portal.tendering.entitlement import open_call_offs_for
from portal.tendering.models import InvitationToTender

TO_FINISH = (ApplicationStatus.DRAFT, ApplicationStatus.CLARIFICATION, ApplicationStatus.REFUSED)
"""The next step is the provider's own."""
ACTS = {
    ApplicationStatus.DRAFT: "Finish and send your application",
    ApplicationStatus.CLARIFICATION: "Answer a question about your application",
    ApplicationStatus.REFUSED: "Put your application right and send it again",
}


@dataclass(frozen=True)
class Joining:
    """A provider's side: call-offs that it has not begun to answer, applications that wait for it, memberships."""

    invitations: Sequence[InvitationToTender]
    applications: Sequence[Application]
    memberships: int
    renewals: int
    """Memberships whose declarations are asked for again."""

    @property
    def acts(self) -> dict[ApplicationStatus, str]:
        """What to do about an application, by its status."""
        return ACTS


def joining_of(provider_id: uuid.UUID, now: datetime) -> Joining:
    """Everything of frameworks and markets on a provider's desk, in four statements."""
    begun = set(db.session.scalars(select(Bid.itt_id).where(Bid.provider_id == provider_id)))
    invited = [
        itt
        for itt, _invited_at, declined_at in open_call_offs_for(provider_id, now)
        if itt.id not in begun and declined_at is None
    ]
    applications = db.session.scalars(
        select(Application)
        .where(Application.provider_id == provider_id, Application.status.in_(TO_FINISH))
        .order_by(Application.created_at)
        .options(
            load_only(Application.reference, Application.status, Application.framework_id, Application.lot_id),
            joinedload(Application.framework).load_only(Framework.title),
            joinedload(Application.lot),
        )
    ).all()
    counted = db.session.execute(
        select(func.count(), func.count(Admission.renewal_due_on)).where(
            Admission.provider_id == provider_id, Admission.status.in_(CURRENT)
        )
    ).one()
    return Joining(invited, applications, counted[0], counted[1])


@dataclass(frozen=True)
class Queue:
    """What waits at one framework of an authority: applications to decide, and decisions for a second person."""

    reference: str
    title: str
    applications: int
    due_on: date | None
    """By when the one that has waited longest is to be decided."""
    refusals: int
    removals: int


def queues_of(authority_id: uuid.UUID) -> list[Queue]:
    """The frameworks that the authority leads at which something waits; one statement."""
    waiting = Application.status.in_([ApplicationStatus.SUBMITTED, ApplicationStatus.CLARIFICATION])
    removals = (
        select(func.count())
        .where(Admission.framework_id == Framework.id, Admission.status == AdmissionStatus.REMOVAL_PROPOSED)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Framework.reference,
            Framework.title,
            func.count(Application.id).filter(waiting),
            func.min(Application.due_on).filter(waiting),
            func.count(Application.id).filter(Application.status == ApplicationStatus.REFUSAL_PROPOSED),
            removals,
        )
        .outerjoin(Application, (Application.framework_id == Framework.id) & Application.status.in_(PENDING))
        .where(Framework.authority_id == authority_id)
        .group_by(Framework.id)
        .having((func.count(Application.id) > 0) | (removals > 0))
        .order_by(Framework.reference)
    )
    return [Queue(*row) for row in rows]
