"""Who hears of deputies: whoever confirms one, and the two whom it is about."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from portal.accounts.absence_models import Absence
from portal.accounts.granting import deciders_of
from portal.accounts.models import User
from portal.audit.models import Event
from portal.core.columns import db
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell


def absence_proposed(event: Event) -> None:
    """Whoever can confirm the deputy hears of it; the platform's administrators where nobody else there can."""
    absence = db.session.get_one(Absence, event.object_id)
    people = deciders_of(absence) or recipients.people_of_platform()
    _tell(event, absence, "accounts/deputy_proposed", people, proposer=absence.proposed_by)


def absence_agreed(event: Event) -> None:
    """The two hear, and the administrators."""
    absence = db.session.get_one(Absence, event.object_id)
    people = {*absence.concerned, *recipients.administrators_of(absence.place)}
    _tell(event, absence, "accounts/deputy_agreed", people)


def absence_refused(event: Event) -> None:
    """Whoever named the deputy hears why not, and so does whoever is away."""
    absence = db.session.get_one(Absence, event.object_id)
    values = {"decider": db.session.get_one(User, absence.decided_by_id), "reason": absence.decision_note}
    _tell(event, absence, "accounts/deputy_refused", {absence.user_id, absence.proposed_by_id}, **values)


def absence_ended(event: Event) -> None:
    """The two hear that it is over, but for whoever ended it."""
    absence = db.session.get_one(Absence, event.object_id)
    by = db.session.get(User, event.actor_id) if event.actor_id else None
    others = set(absence.concerned) - {event.actor_id}
    _tell(event, absence, "accounts/deputy_ended", others, by=by)


def _tell(event: Event, absence: Absence, template: str, people: Collection[uuid.UUID], **values: Any) -> None:
    tell(
        event=event,
        people=sorted(people),
        template=template,
        link=page_of("absences.decide", absence_id=absence.id),
        thread=absence.id,
        person=absence.user,
        deputy=absence.deputy,
        place=absence.place.name,
        first_day=absence.first_day,
        last_day=absence.last_day,
        **values,
    )
