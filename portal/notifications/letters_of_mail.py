"""Who hears that mail to somebody does not arrive: those who look after them, and never what it was about."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.notifications.models import DeadAddress


def mail_given_up(event: Event) -> None:
    """The administrators of the person's organisation, and the platform's; the person sees it on every page."""
    found = db.session.get(DeadAddress, event.object_id)
    if found is None:  # mail has arrived meanwhile
        return
    people = {*recipients.administrators_over(found.user_id), *recipients.people_of_platform()}
    tell(
        event=event,
        people=sorted(people - {found.user_id}),
        template="accounts/mail_given_up",
        link=page_of("unreached.index"),
        thread=found.user_id,
        person=found.user,
    )
