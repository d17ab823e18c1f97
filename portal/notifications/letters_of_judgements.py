"""Who is told what is judged of a bid: approvers that something waits, the bidder what was decided and why."""

from __future__ import annotations

from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.permissions import Role
from portal.judging.enquiry_models import Enquiry
from portal.judging.models import Judgement
from portal.judging.queries import subjects_of
from portal.notifications import recipients
from portal.notifications.addressing import page_of, to_authority, to_bidders
from portal.notifications.composing import tell


def judgement_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a decision waits."""
    _to_authority(event, "judging/proposed", Role.APPROVER)


def judgement_refused(event: Event) -> None:
    """Commissioners hear that what stood before stands."""
    _to_authority(event, "judging/refused", Role.COMMISSIONER)


def judgement_decided(event: Event) -> None:
    """The bidder hears that its bid is out, or in again, and why."""
    judgement = _judgement(event)
    subject = subjects_of([judgement])[judgement.id]
    about = {"judgement": judgement, "subject": subject, "stands": event.data["stands"]}
    to_bidders(event, [judgement.bid], "judging/decided", "own_judgements.show", **about)


def enquiry_made(event: Event) -> None:
    """The bidder hears what it is asked about its bid, and until when it can answer."""
    enquiry, bid = _enquiry(event)
    link = page_of("own_judgements.answer", reference=bid.reference, enquiry_id=enquiry.id)
    tell(
        event=event,
        people=recipients.people_of_providers([bid.provider_id]),
        template="judging/asked",
        link=link,
        thread=enquiry.itt_id,
        itt=enquiry.itt,
        enquiry=enquiry,
    )


def enquiry_answered(event: Event) -> None:
    """Commissioners hear that a bidder has answered."""
    enquiry, _bid = _enquiry(event)
    itt = enquiry.itt
    link = page_of("enquiries.show", reference=itt.reference, enquiry_id=enquiry.id)
    to_authority(event, itt, "judging/answered", Role.COMMISSIONER, link=link, enquiry=enquiry)


def _enquiry(event: Event) -> tuple[Enquiry, Bid]:
    enquiry = db.session.get_one(Enquiry, event.object_id)
    return enquiry, enquiry.bid


def _to_authority(event: Event, template: str, role: Role) -> None:
    judgement = _judgement(event)
    link = page_of("compliance.decide", reference=judgement.itt.reference, judgement_id=judgement.id)
    to_authority(event, judgement.itt, template, role, link=link, judgement=judgement)


def _judgement(event: Event) -> Judgement:
    return db.session.get_one(Judgement, event.object_id)
