"""Letters about call-offs: to whom they are open, as many as there are, in two statements."""

from __future__ import annotations

import uuid
from typing import Any

from portal.audit.models import Event
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import itt_of, page_of, to_authority
from portal.notifications.composing import tell, tell_all
from portal.tendering.models import InvitationToTender


def invitations_issued(event: Event) -> None:
    """Everybody of every invited provider hears of the call-off: one text, two statements, however many they are.

    Of a market's, providers whose alerts match hear as well: they may apply, and bid while they wait (PA2023 s.34(4)).
    Call-offs from systems and frameworks are for members alone, so nobody else is told of those.
    """
    itt = itt_of(event)
    template = "tendering/awarded_directly" if itt.law.names_one_provider else "tendering/invited"
    tell_all(
        event=event,
        people=recipients.invited_people(itt.id),
        template=template,
        link=page_of("invitations.index", part=itt.reference),
        thread=itt.id,
        itt=itt,
        is_late=False,
        **_lot_of(itt),
    )
    if itt.law.applicants_may_bid:
        tell(
            event=event,
            people=recipients.people_with_alerts(itt),
            template="tendering/market_call_off",
            link=page_of("opportunities.show", reference=itt.reference),
            thread=itt.id,
            itt=itt,
            **_lot_of(itt),
        )


def provider_invited_late(event: Event) -> None:
    """Who joined while the call-off was open hears of it, with the deadline that everybody has."""
    itt = itt_of(event)
    tell(
        event=event,
        people=recipients.people_of_providers([uuid.UUID(event.data["provider"])]),
        template="tendering/invited",
        link=page_of("invitations.index", part=itt.reference),
        thread=itt.id,
        itt=itt,
        is_late=True,
        **_lot_of(itt),
    )


def direct_award_approved(event: Event) -> None:
    """The commissioners hear that the direct award can be published; the provider hears when it is."""
    itt = itt_of(event)
    link = page_of("itts.publish", reference=itt.reference)
    to_authority(event, itt, "tendering/direct_award_approved", Role.COMMISSIONER, link=link)


def _lot_of(itt: InvitationToTender) -> dict[str, Any]:
    lot = itt.framework_lot
    assert lot is not None
    return {"lot": lot, "framework": lot.framework, "kind": lot.framework.kind_words}
