"""Reading what was recorded before publication, and what of it is missing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select

from portal.core.columns import db
from portal.tendering.groundwork_models import SUBJECTS, Groundwork, GroundworkSubject
from portal.tendering.models import InvitationToTender


def is_asked(itt: InvitationToTender) -> bool:
    """Whether it is asked for here: a call-off rests on what was recorded when its framework was set up."""
    return itt.framework_lot_id is None


def groundwork_of(itt_id: uuid.UUID) -> dict[GroundworkSubject, Groundwork]:
    """What was recorded about an invitation, by subject."""
    found = db.session.scalars(select(Groundwork).where(Groundwork.itt_id == itt_id))
    return {record.subject: record for record in found}


def groundwork_faults(itt: InvitationToTender, subject: GroundworkSubject) -> Iterator[str]:
    """Say whether nothing is recorded about the subject, or it is still under way."""
    if not is_asked(itt):
        return
    facts, record = SUBJECTS[subject], groundwork_of(itt.id).get(subject)
    if record is None:
        yield f"Say what there is to record under “{facts.title}”."
    elif record.outcome.is_open:
        yield facts.still_open
