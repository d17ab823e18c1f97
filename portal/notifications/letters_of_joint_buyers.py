"""Letters about buying together."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.tendering.joint_models import JointBuyer


def joint_buyer_added(event: Event) -> None:
    """Those who can agree for an authority hear that it is asked; a body by name has nobody here."""
    joint = db.session.get(JointBuyer, event.object_id)
    if joint is None or joint.authority_id is None:
        return
    tell(
        event=event,
        people=recipients.people_of_authority(joint.authority_id, Role.COMMISSIONER, Role.APPROVER),
        template="tendering/joint_buyer_asked",
        link=page_of("joint.show", joint_id=joint.id),
        thread=joint.itt_id,
        itt=joint.itt,
    )
