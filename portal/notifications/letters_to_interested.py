"""What everybody who is interested in an invitation hears at once: people in their inbox, others by mail alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.outbox import FOLLOWER_MAIL, enqueue, enqueue_each
from portal.core.columns import db
from portal.notifications import recipients
from portal.notifications.addressing import itt_of, page_of
from portal.notifications.composing import tell_all
from portal.notifications.models import Reminder
from portal.tendering.amending.models import Addendum
from portal.tendering.clarifying.mail_models import MailFollower
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender


@dataclass(frozen=True)
class Letter:
    """What a letter is written from: its template, the page that it is about, and what stands in it."""

    template: str
    link: str
    itt: InvitationToTender
    values: Mapping[str, Any]


def tell_interested(event: Event) -> None:
    """Followers, bidders and everybody invited hear of it: one text, however many they are."""
    letter = letter_about(event)
    tell_all(
        event=event,
        people=recipients.interested_people(letter.itt.id),
        template=letter.template,
        link=letter.link,
        thread=letter.itt.id,
        itt=letter.itt,
        **letter.values,
    )
    tell_by_mail_alone(event, letter.itt.id)


def tell_by_mail_alone(event: Event, itt_id: uuid.UUID) -> None:
    """Whoever follows without an account hears of it."""
    followers = select(MailFollower.id).where(MailFollower.itt_id == itt_id, MailFollower.confirmed_at.is_not(None))
    enqueue_each(event_id=event.id, consumer=FOLLOWER_MAIL, subjects=followers)


def mail_follow_asked(event: Event) -> None:
    """The address is asked whether it wants to follow."""
    enqueue(event_id=event.id, consumer=FOLLOWER_MAIL, subject_ids=[event.object_id])


def letter_about(event: Event) -> Letter:
    """The letter of an event that interested people hear of."""
    return _LETTERS[EventKind(event.kind)](event)


def _answers(event: Event) -> Letter:
    itt, first, last = itt_of(event), event.data["first"], event.data["last"]
    link = page_of("clarifications.index", reference=itt.reference, part=f"answer-{last}")
    return Letter("tendering/answers_published", link, itt, {"first": first, "last": last})


def _addendum(event: Event) -> Letter:
    addendum = db.session.get_one(Addendum, event.object_id)
    itt = addendum.itt
    link = page_of("opportunities.show", reference=itt.reference, part="changes")
    values = {"addendum": addendum, "closes_at": itt.closes_at, "extended": "closes_at" in addendum.dates}
    return Letter("tendering/addendum_published", link, itt, values)


def _cancelled(event: Event) -> Letter:
    ending = db.session.get_one(Ending, event.object_id)
    link = page_of("opportunities.show", reference=ending.itt.reference)
    return Letter("ending/cancelled", link, ending.itt, {"ending": ending, "bid": None})


def _asked(event: Event) -> Letter:
    itt = db.session.get_one(MailFollower, event.object_id).itt
    return Letter("tendering/follow_asked", "", itt, {})


def _closing_soon(event: Event) -> Letter:
    itt = db.session.get_one(InvitationToTender, db.session.get_one(Reminder, event.object_id).subject_id)
    return Letter("reminders/followed_invitation", page_of("opportunities.show", reference=itt.reference), itt, {})


_LETTERS: Mapping[EventKind, Callable[[Event], Letter]] = {
    EventKind.ANSWERS_PUBLISHED: _answers,
    EventKind.ADDENDUM_PUBLISHED: _addendum,
    EventKind.PROCUREMENT_CANCELLED: _cancelled,
    EventKind.MAIL_FOLLOW_ASKED: _asked,
    EventKind.REMINDER_DUE: _closing_soon,
}
