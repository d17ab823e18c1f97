"""Letting reminders come due, and reading the letters that follow."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import Select, select, text

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.clock import LONDON
from portal.extensions import db
from portal.notifications.letters_of_reminders import reminder_due
from portal.notifications.models import Message
from portal.notifications.reminding import remind
from portal.tendering.models import InvitationToTender


def noon(days: int = 30) -> datetime:
    """Noon in London, so many days from today."""
    return datetime.combine(clock.today() + timedelta(days=days), time(12), LONDON)


def closing_at(itt: InvitationToTender, closes_at: datetime) -> InvitationToTender:
    """The invitation with that closing time."""
    db.session.flush()
    db.session.execute(text("UPDATE itt SET closes_at = :at WHERE id = :id"), {"at": closes_at, "id": itt.id})
    db.session.refresh(itt, ["closes_at"])
    return itt


def told_at(now: datetime) -> list[Message]:
    """The letters that follow from what is due at an instant."""
    known = set(db.session.scalars(_events()))
    remind(now=now)
    events = [event for event in db.session.scalars(_events()) if event not in known]
    for event in events:
        reminder_due(event)
    ids = [event.id for event in events]
    return list(db.session.scalars(select(Message).where(Message.event_id.in_(ids)).order_by(Message.kind)))


def _events() -> Select[Event]:
    return select(Event).where(Event.kind == EventKind.REMINDER_DUE)


def kinds_at(now: datetime) -> list[str]:
    """The kinds of those letters."""
    return [message.kind.removeprefix("reminders/") for message in told_at(now)]
