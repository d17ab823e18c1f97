"""Who hears of a lost phone or key: those who can check who it is, and the person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from portal.accounts.factor_models import LostFactor
from portal.accounts.lost_factors import LASTS, checkers_of
from portal.accounts.models import User
from portal.audit.models import Event
from portal.core.columns import db
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell


def lost_factor_asked(event: Event) -> None:
    """Those who can check hear that somebody asks; the person too, in case that it is somebody else who asks."""
    found = _found(event)
    _tell(
        event,
        found,
        "accounts/lost_factor_asked",
        recipients.with_deputies(checkers_of(found.user)),
        "lost_factors.index",
    )
    _tell(event, found, "accounts/lost_factor_own", [found.user_id], "account.show")


def lost_factor_checked(event: Event) -> None:
    """The others hear that one has made sure, and that a second person is needed."""
    found = _found(event)
    others = [person for person in recipients.with_deputies(checkers_of(found.user)) if person != found.checked_by_id]
    _tell(event, found, "accounts/lost_factor_checked", others, "lost_factors.index", checker=found.checked_by)


def lost_factor_refused(event: Event) -> None:
    """The person hears that nobody could make sure, and the administrators that it is done with."""
    found = _found(event)
    people = [*checkers_of(found.user), found.user_id]
    _tell(event, found, "accounts/lost_factor_refused", people, "account.show")


def lost_factor_removed(event: Event) -> None:
    """The person and the administrators hear that the old phone or key counts no more."""
    person = db.session.get_one(User, uuid.UUID(event.data["person"]))
    people = [*checkers_of(person), person.id]
    tell(event=event, people=sorted(set(people)), template="accounts/lost_factor_removed",
         link=page_of("account.show"), thread=event.object_id, person=person)  # fmt: skip


def _found(event: Event) -> LostFactor:
    return db.session.get_one(LostFactor, event.object_id)


def _tell(
    event: Event, found: LostFactor, template: str, people: Iterable[uuid.UUID], page: str, **values: Any
) -> None:
    tell(
        event=event,
        people=sorted(set(people)),
        template=template,
        link=page_of(page),
        thread=found.id,
        person=found.user,
        reference=found.reference,
        until=found.asked_at + LASTS,
        **values,
    )
