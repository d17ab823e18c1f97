"""Who hears of roles: of one that two people give every administrator of the authority and whoever gets it; of a
change whoever it concerns.
"""

from __future__ import annotations

import uuid
from typing import Any

from portal.accounts.granting import deciders_of
from portal.accounts.models import RoleGrant, User
from portal.audit.models import Event
from portal.core.columns import db
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.organisations.queries import place_with_id


def role_proposed(event: Event) -> None:
    """Every administrator of the authority hears of it; the platform's where nobody else there can confirm it.

    Of a successor the platform's others hear, and whoever administrates the organisation still, in case they do.
    """
    proposed = db.session.get_one(RoleGrant, event.object_id)
    if proposed.is_successor:
        _successor_proposed(event, proposed)
    else:
        platform = [] if deciders_of(proposed) else recipients.people_of_platform()
        _tell(event, proposed, "accounts/role_proposed", *platform)


def role_confirmed(event: Event) -> None:
    """The administrators and the person hear that the role is in force."""
    found = db.session.get_one(RoleGrant, event.object_id)
    _tell(event, found, "accounts/role_confirmed", found.user_id, decider=_decider(found))


def role_refused(event: Event) -> None:
    """The administrators hear that the role was refused, and why."""
    found = db.session.get_one(RoleGrant, event.object_id)
    proposer = [found.proposed_by_id] if found.is_successor else []
    _tell(event, found, "accounts/role_refused", *proposer, decider=_decider(found), reason=found.decision_note)


def roles_changed(event: Event) -> None:
    """Whose roles were changed hears what they may do now, and what has ended; who changed their own knows."""
    changes: dict[str, Any] = {
        name: [_words(role) for role in event.data[name]] for name in ("given", "taken", "not_wanted")
    }
    if event.actor_id != event.object_id and any(changes.values()):
        tell(
            event=event,
            people=[event.object_id],
            template="accounts/roles_changed",
            link=page_of("colleagues.index"),
            thread=event.object_id,
            by=db.session.get_one(User, event.actor_id),
            place=place_with_id(uuid.UUID(event.data["place"])).name,
            **changes,
        )


def membership_ended(event: Event) -> None:
    """Whose access was ended hears it, from whom, and what stays."""
    place = event.data["place"]
    tell(
        event=event,
        people=[event.object_id],
        template="accounts/membership_ended",
        link=page_of("account.show"),
        thread=event.object_id,
        by=db.session.get_one(User, event.actor_id),
        place=place_with_id(uuid.UUID(place)).name if place else None,
        roles=[_words(role) for role in event.data["roles"]],
    )


def _successor_proposed(event: Event, proposed: RoleGrant) -> None:
    about: dict[str, Any] = {"event": event, "thread": proposed.id, "place": proposed.place.name}
    about |= {"person": proposed.user, "proposer": proposed.proposed_by}
    tell(
        people=[one for one in recipients.people_of_platform() if one != proposed.proposed_by_id],
        template="accounts/successor_proposed",
        link=page_of("roles.index"),
        **about,
    )
    tell(
        people=recipients.administrators_of(proposed.place),
        template="accounts/successor_announced",
        link=page_of("colleagues.index"),
        **about,
    )


def _tell(event: Event, found: RoleGrant, template: str, *others: uuid.UUID, **values: Any) -> None:
    administrators = recipients.administrators_of(found.place)
    tell(
        event=event,
        people=sorted({*administrators, *others}),
        template=template,
        link=page_of("roles.index"),
        thread=found.id,
        person=found.user,
        proposer=found.proposed_by,
        authority=found.place.name,
        role=_words(found.role.value),
        **values,
    )


def _decider(found: RoleGrant) -> User:
    return db.session.get_one(User, found.decided_by_id)


def _words(role: str) -> str:
    return role.replace("_", " ")
