"""Whom a letter goes to, what it may say, and the page that it leads to: what all the letters share."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import current_app

from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.frameworks.member_models import Admission
from portal.joining.models import Application
from portal.notifications import recipients
from portal.notifications.composing import tell
from portal.tendering.entitlement import open_call_offs_for
from portal.tendering.models import InvitationToTender


def page_of(endpoint: str, *, part: str = "", **values: Any) -> str:
    """The path of a page by its endpoint: a letter that leads nowhere fails when it is written, not when it is read.

    `part` is the identifier of a part of the page. Mail puts PUBLIC_URL before it; the worker has no request that
    could say where the portal is.
    """
    path = str(current_app.url_map.bind("").build(endpoint, values))
    return f"{path}#{part}" if part else path


def itt_of(event: Event) -> InvitationToTender:
    """The invitation to tender on whose chain the event is."""
    return db.session.get_one(InvitationToTender, uuid.UUID(event.chain))


def application_of(event: Event) -> Application:
    """The application that the event is about."""
    return db.session.get_one(Application, event.object_id)


def admission_of(event: Event) -> Admission:
    """The membership that the event is about."""
    return db.session.get_one(Admission, event.object_id)


def open_call_offs(admission: Admission) -> list[InvitationToTender]:
    """The call-offs of the member's lot that are open to it now."""
    rows = open_call_offs_for(admission.provider_id, clock.now())
    return [row.InvitationToTender for row in rows if row.InvitationToTender.framework_lot_id == admission.lot_id]


def to_provider(event: Event, held: Application | Admission, template: str, page: str = "", **values: Any) -> bool:
    """To everybody of the provider, leading to `page` or to the thing's own; returns whether there is anybody."""
    people = recipients.people_of_providers([held.provider_id])
    tell(
        event=event,
        people=people,
        template=template,
        link=page or page_for_provider(held),
        thread=held.id,
        **about(held),
        **values,
    )
    return bool(people)


def to_officers(
    event: Event, held: Application | Admission, template: str, role: Role, page: str, **values: Any
) -> None:
    """To the lead authority's people with the role, but for whoever did what the letter is about.

    `page` is the endpoint of one of the officers' pages of the thing.
    """
    tell(
        event=event,
        people=recipients.people_of_authority(held.framework.authority_id, role, apart_from=event.actor_id),
        template=template,
        link=page_for_officers(held, page),
        thread=held.id,
        provider=held.provider.name,
        **about(held),
        **values,
    )


def to_authority(event: Event, itt: InvitationToTender, template: str, *roles: Role, link: str, **values: Any) -> None:
    """To the people of the buyer with one of the roles, but for whoever did what the letter is about."""
    people = recipients.people_of_authority(itt.authority_id, *roles, apart_from=event.actor_id)
    tell(event=event, people=people, template=template, link=link, thread=itt.id, itt=itt, **values)


def to_bidders(event: Event, bids: Iterable[Bid], template: str, page: str = "bids.show", **values: Any) -> None:
    """To everybody of each bidder, leading to a page of its own bid."""
    for bid in bids:
        tell(
            event=event,
            people=recipients.people_of_providers([bid.provider_id]),
            template=template,
            link=page_of(page, reference=bid.reference),
            thread=bid.itt_id,
            bid=bid,
            itt=bid.itt,
            **values,
        )


def page_for_provider(held: Application | Admission) -> str:
    """The thing's own page for its provider's people."""
    if isinstance(held, Application):
        return page_of("applications.show", reference=held.reference)
    return page_of("memberships.show", admission_id=held.id)


def page_for_officers(held: Application | Admission, page: str) -> str:
    """One of the officers' pages of the thing, by its endpoint."""
    named = {"application_reference": held.reference} if isinstance(held, Application) else {"admission_id": held.id}
    return page_of(page, reference=held.framework.reference, **named)


def about(held: Application | Admission) -> dict[str, Any]:
    """What every letter about an application or a membership can say; the thing stands under its own name."""
    return {
        held.policy_object: held,
        "framework": held.framework,
        "kind": held.framework.kind_words,
        "lot": held.lot,
        "authority": held.framework.authority.name,
    }
