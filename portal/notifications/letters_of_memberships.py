"""Letters about being a member of a framework, dynamic purchasing system or market: to the member, to officers."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.audit.models import Event
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.members.removing import ground_of, last_day_to_answer
from portal.notifications import recipients
from portal.notifications.composing import tell
from portal.tendering.entitlement import open_call_offs_for


def renewal_asked(event: Event) -> None:
    """The member hears that its declarations are due, and by when."""
    _to_member(event, "renewal_asked", page="/renew", due_on=date.fromisoformat(event.data["due_on"]))


def declarations_renewed(event: Event) -> None:
    """The commissioners hear that the member confirmed its declarations."""
    _to_officers(event, "declarations_renewed", Role.COMMISSIONER, is_late=bool(event.data["late"]))


def membership_resumed(event: Event) -> None:
    """The member hears that it is invited again, and what is open to it; not when it ended the pause itself."""
    if event.data.get("by_itself"):
        _to_member(event, "pause_ended", call_offs=_open_call_offs(event))


def membership_suspended(event: Event) -> None:
    """The member reads why it is suspended, under which terms and until when."""
    last_day = event.data.get("last_day")
    _to_member(event, "suspended", last_day=date.fromisoformat(last_day) if last_day else None)


def suspension_lifted(event: Event) -> None:
    """The member hears that it is invited again, and what is open to it."""
    _to_member(event, "suspension_lifted", call_offs=_open_call_offs(event))


def removal_proposed(event: Event) -> bool:
    """The member reads the ground and the reasons, and until when it can answer; approvers hear that it waits.

    Returns whether anybody of the provider could be told: only then have the reasons been sent.
    """
    admission = _admission(event)
    ground = ground_of(admission)
    assert ground is not None
    _to_officers(event, "removal_waiting", Role.APPROVER, page="/removal/decision")
    return _to_member(event, "removal_proposed", ground=ground, answer_by=last_day_to_answer(clock.database_time()))


def removal_dropped(event: Event) -> None:
    """The member hears that it stays."""
    _to_member(event, "removal_dropped")


def provider_removed(event: Event) -> None:
    """The former member hears that it is removed, why, and that it may apply again at any time."""
    _to_member(event, "removed", ground=ground_of(_admission(event)))


def framework_ceased(event: Event) -> None:
    """Every member hears that the framework has ended, and why; of a draft that was given up nobody ever knew."""
    if event.data["was"] != "live":
        return
    framework = db.session.get_one(Framework, event.object_id)
    tell(
        event=event,
        people=recipients.members_of_framework(framework.id),
        template="frameworks/ceased",
        link=f"/frameworks/{framework.reference}",
        framework=framework,
        kind=framework.kind_words,
    )


def provider_left(event: Event) -> None:
    """The commissioners hear that a member left."""
    _to_officers(event, "left", Role.COMMISSIONER)


def _admission(event: Event) -> Admission:
    return db.session.get_one(Admission, event.object_id)


def _open_call_offs(event: Event) -> list[Any]:
    admission = _admission(event)
    rows = open_call_offs_for(admission.provider_id, clock.now())
    return [row.InvitationToTender for row in rows if row.InvitationToTender.framework_lot_id == admission.lot_id]


def _about(admission: Admission) -> dict[str, Any]:
    return {
        "admission": admission,
        "framework": admission.framework,
        "kind": admission.framework.kind_words,
        "lot": admission.lot,
        "authority": admission.framework.authority.name,
    }


def _to_member(event: Event, template: str, *, page: str = "", **values: Any) -> bool:
    """To everybody of the provider; returns whether there is anybody."""
    admission = _admission(event)
    people = recipients.people_of_providers([admission.provider_id])
    tell(
        event=event,
        people=people,
        template=f"frameworks/{template}",
        link=f"/provider/memberships/{admission.id}{page}",
        **_about(admission),
        **values,
    )
    return bool(people)


def _to_officers(event: Event, template: str, role: Role, *, page: str = "", **values: Any) -> None:
    admission = _admission(event)
    people = recipients.people_of_authority(admission.framework.authority_id, role)
    tell(
        event=event,
        people=[person for person in people if person != event.actor_id],
        template=f"frameworks/{template}",
        link=f"/commissioning/frameworks/{admission.framework.reference}/members/{admission.id}{page}",
        provider=admission.provider.name,
        **_about(admission),
        **values,
    )
