"""Who hears of an organisation's identity: its own people, and whoever has to decide something about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.members.models import ChangeDecision, IdentityChange
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.organisations.claim_models import NumberClaim
from portal.organisations.models import Provider, Suspension, Verification
from portal.organisations.states import METHOD_WORDS, VerificationMethod


def provider_verified(event: Event) -> None:
    """The organisation's people hear that its number is proved."""
    how = METHOD_WORDS[VerificationMethod(event.data["method"])]
    _to_organisation(event, event.object_id, "organisations/verified", how=how)


def verification_code_posted(event: Event) -> None:
    """The organisation's people hear that a letter comes to the registered address."""
    _to_organisation(event, event.object_id, "organisations/code_posted")


def domain_named(event: Event) -> None:
    """The organisation's people hear which address proves that the organisation is theirs."""
    named = db.session.get_one(Verification, uuid.UUID(event.data["verification"]))
    _to_organisation(event, event.object_id, "organisations/domain_named", domain=named.domain)


def verification_refused(event: Event) -> None:
    """The organisation's people read what did not fit."""
    _to_organisation(event, event.object_id, "organisations/verification_refused", reason=_why(event))


def verification_withdrawn(event: Event) -> None:
    """The organisation's people read why it does not count as verified any more."""
    _to_organisation(event, event.object_id, "organisations/verification_withdrawn", reason=_why(event))


def identity_change_asked(event: Event) -> None:
    """The commissioners of each framework's lead authority, or the platform's people, hear that they decide."""
    change = db.session.get_one(IdentityChange, event.object_id)
    for decision in change.decisions:
        if decision.framework is None:
            people = recipients.people_of_platform()
        else:
            people = recipients.people_of_authority(decision.framework.authority_id, Role.COMMISSIONER)
        tell(
            event=event,
            people=people,
            template="organisations/change_asked",
            link=page_of("identity_changes.decide", decision_id=decision.id),
            thread=change.id,
            before=change.provider.at(change.asked_at).name,
            change=change,
        )


def identity_change_decided(event: Event) -> None:
    """The organisation's people hear what one framework's officers decided."""
    decision = db.session.get_one(ChangeDecision, event.object_id)
    change = decision.change
    tell(
        event=event,
        people=recipients.people_of_providers([change.provider_id]),
        template="organisations/change_decided",
        link=page_of("identity_changes.ask"),
        thread=change.id,
        decision=decision,
        where=decision.framework.title if decision.framework else "the platform",
        before=change.provider.at(change.asked_at).name,
        change=change,
    )


def number_claimed(event: Event) -> None:
    """The platform's administrators hear of a claim; its holder does not, until an officer asks it."""
    _to_platform(event, "organisations/number_claimed")


def claim_waits(event: Event) -> None:
    """The platform's administrators hear that a claim waits for them again, but for whoever acted."""
    _to_platform(event, "organisations/claim_waits")


def holder_asked(event: Event) -> None:
    """The organisation that has the number hears that it is claimed, and until when it can answer."""
    _to_holder(event, "organisations/holder_asked")


def claim_dismissed(event: Event) -> None:
    """The organisation hears that the number stays its own, where it had been asked."""
    if db.session.get_one(NumberClaim, event.object_id).answer_due_on is not None:
        _to_holder(event, "organisations/claim_dismissed")


def number_moved(event: Event) -> None:
    """The organisation hears that the number was given to another, and why."""
    _to_holder(event, "organisations/number_moved")


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


def _to_platform(event: Event, template: str) -> None:
    claim = db.session.get_one(NumberClaim, event.object_id)
    people = [person for person in recipients.people_of_platform() if person != event.actor_id]
    link = page_of("claims.show", claim_id=claim.id)
    tell(event=event, people=people, template=template, link=link, thread=claim.id, claim=claim)


def _to_holder(event: Event, template: str) -> None:
    claim = db.session.get_one(NumberClaim, event.object_id)
    _to_organisation(event, claim.holder_id, template, claim=claim)


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
