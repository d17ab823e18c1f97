"""Who hears of an organisation's identity: its own people, and whoever has to decide something about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.organisations.models import Provider, Suspension, Verification
from portal.organisations.states import METHOD_WORDS, VerificationMethod


def provider_verified(event: Event) -> None:
    """The organisation's people hear that its number is proved."""
    how = METHOD_WORDS[VerificationMethod(event.data["method"])]
    _to_organisation(event, event.object_id, "organisations/verified", how=how)


def verification_code_posted(event: Event) -> None:
    """The organisation's people hear that a letter comes to the registered address."""
    _to_organisation(event, event.object_id, "organisations/code_posted")


def verification_refused(event: Event) -> None:
    """The organisation's people read what did not fit."""
    _to_organisation(event, event.object_id, "organisations/verification_refused", reason=_why(event))


def verification_withdrawn(event: Event) -> None:
    """The organisation's people read why it does not count as verified any more."""
    _to_organisation(event, event.object_id, "organisations/verification_withdrawn", reason=_why(event))


def suspension_proposed(event: Event) -> None:
    """The other administrators hear that a suspension waits for one of them."""
    _to_deciders(event, "organisations/suspension_proposed")


def suspension_refused(event: Event) -> None:
    """The administrators hear that it was refused, and why."""
    _to_deciders(event, "organisations/suspension_refused")


def organisation_suspended(event: Event) -> None:
    """The organisation's people read the reason, how long it lasts and what it stops."""
    _to_suspended(event, "organisations/suspended")


def lifting_proposed(event: Event) -> None:
    """The other administrators hear that the lifting waits for one of them."""
    _to_deciders(event, "organisations/lifting_proposed")


def organisation_lifted(event: Event) -> None:
    """The organisation's people hear that it can go on."""
    _to_suspended(event, "organisations/lifted")


def _why(event: Event) -> str:
    return db.session.get_one(Verification, uuid.UUID(event.data["verification"])).reason


def _to_suspended(event: Event, template: str) -> None:
    found = db.session.get_one(Suspension, event.object_id)
    _to_organisation(event, found.provider_id, template, suspension=found)


def _to_organisation(event: Event, provider_id: uuid.UUID, template: str, **values: Any) -> None:
    provider = db.session.get_one(Provider, provider_id)
    people = recipients.people_of_providers([provider.id])
    link = page_of("provider_organisation.show")
    tell(event=event, people=people, template=template, link=link, thread=provider.id, provider=provider.name, **values)


def _to_deciders(event: Event, template: str) -> None:
    found = db.session.get_one(Suspension, event.object_id)
    link = page_of("suspensions.show", suspension_id=found.id)
    people = [person for person in _deciders(found.authority_id) if person != event.actor_id]
    about: dict[str, Any] = {"provider": found.provider.name, "suspension": found}
    tell(event=event, people=people, template=template, link=link, thread=found.id, **about)


def _deciders(authority_id: uuid.UUID | None) -> Sequence[uuid.UUID]:
    """The administrators of the authority, or of the platform where there is none."""
    if authority_id is None:
        return recipients.people_of_platform()
    return recipients.people_of_authority(authority_id, Role.AUTHORITY_ADMINISTRATOR)
