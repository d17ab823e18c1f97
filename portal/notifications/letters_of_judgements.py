"""Who is told what is judged of a bid: approvers that something waits, the bidder what was decided and why."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.judging.models import Judgement
from portal.judging.queries import prompts_of
from portal.notifications import recipients
from portal.notifications.addressing import page_of
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
    tell(
        event=event,
        people=recipients.people_of_providers([judgement.bid.provider_id]),
        template="judging/decided",
        link=page_of("own_judgements.show", reference=judgement.bid.reference),
        thread=judgement.itt_id,
        itt=judgement.itt,
        judgement=judgement,
        prompt=prompts_of(judgement.itt_id)[judgement.about],
        stands=event.data["stands"],
    )


def _to_authority(event: Event, template: str, role: Role) -> None:
    judgement = _judgement(event)
    itt = judgement.itt
    people = recipients.people_of_authority(itt.authority_id, role)
    tell(
        event=event,
        people=[person for person in people if person != event.actor_id],
        template=template,
        link=page_of("compliance.decide", reference=itt.reference, judgement_id=judgement.id),
        thread=itt.id,
        itt=itt,
        judgement=judgement,
    )


def _judgement(event: Event) -> Judgement:
    return db.session.get_one(Judgement, event.object_id)
