"""Letters about being a member of a framework, dynamic purchasing system or market: to the member, to officers."""

from __future__ import annotations

from datetime import date

from portal.audit.models import Event
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.frameworks.models import Framework
from portal.members.removing import ground_of, last_day_to_answer
from portal.notifications import recipients
from portal.notifications.addressing import admission_of, open_call_offs, page_of, to_officers, to_provider
from portal.notifications.composing import tell


def renewal_asked(event: Event) -> None:
    """The member hears that its declarations are due, and by when."""
    to_provider(
        event,
        admission_of(event),
        "frameworks/renewal_asked",
        page_of("memberships.renew", admission_id=event.object_id),
        due_on=date.fromisoformat(event.data["due_on"]),
    )


def declarations_renewed(event: Event) -> None:
    """The commissioners hear that the member confirmed its declarations."""
    to_officers(
        event,
        admission_of(event),
        "frameworks/declarations_renewed",
        Role.COMMISSIONER,
        "members.show",
        is_late=bool(event.data["late"]),
    )


def membership_resumed(event: Event) -> None:
    """The member hears that it is invited again, and what is open to it; not when it ended the pause itself."""
    if event.data.get("by_itself"):
        to_provider(event, admission_of(event), "frameworks/pause_ended", call_offs=open_call_offs(admission_of(event)))


def membership_suspended(event: Event) -> None:
    """The member reads why it is suspended, under which terms and until when."""
    last_day = event.data.get("last_day")
    to_provider(
        event, admission_of(event), "frameworks/suspended", last_day=date.fromisoformat(last_day) if last_day else None
    )


def suspension_lifted(event: Event) -> None:
    """The member hears that it is invited again, and what is open to it."""
    to_provider(
        event, admission_of(event), "frameworks/suspension_lifted", call_offs=open_call_offs(admission_of(event))
    )


def removal_proposed(event: Event) -> bool:
    """The member reads the ground and the reasons, and until when it can answer; approvers hear that it waits.

    Returns whether anybody of the provider could be told: only then have the reasons been sent.
    """
    admission = admission_of(event)
    ground = ground_of(admission)
    assert ground is not None
    to_officers(event, admission, "frameworks/removal_waiting", Role.APPROVER, "members.decision")
    return to_provider(
        event,
        admission_of(event),
        "frameworks/removal_proposed",
        ground=ground,
        answer_by=last_day_to_answer(clock.database_time()),
    )


def removal_dropped(event: Event) -> None:
    """The member hears that it stays."""
    to_provider(event, admission_of(event), "frameworks/removal_dropped")


def provider_removed(event: Event) -> None:
    """The former member hears that it is removed, why, and that it may apply again at any time."""
    to_provider(event, admission_of(event), "frameworks/removed", ground=ground_of(admission_of(event)))


def framework_ceased(event: Event) -> None:
    """Every member hears that the framework has ended, and why; of a draft that was given up nobody ever knew."""
    if event.data["was"] != "live":
        return
    framework = db.session.get_one(Framework, event.object_id)
    tell(
        event=event,
        people=recipients.members_of_framework(framework.id),
        template="frameworks/ceased",
        link=page_of("frameworks.show", reference=framework.reference),
        thread=framework.id,
        framework=framework,
        kind=framework.kind_words,
    )


def provider_left(event: Event) -> None:
    """The commissioners hear that a member left."""
    to_officers(event, admission_of(event), "frameworks/left", Role.COMMISSIONER, "members.show")
