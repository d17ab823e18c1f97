"""Who is told what is judged of a bid: approvers that something waits, the bidder what was decided and why."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.judging.models import Judgement
from portal.judging.queries import prompts_of
from portal.notifications.addressing import page_of, to_authority, to_bidders


def judgement_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a decision waits."""
    _to_authority(event, "judging/proposed", Role.APPROVER)


def judgement_refused(event: Event) -> None:
    """Commissioners hear that what stood before stands."""
    _to_authority(event, "judging/refused", Role.COMMISSIONER)


def judgement_decided(event: Event) -> None:
    """The bidder hears that its bid is out, or in again, and why."""
    judgement = _judgement(event)
    prompt = prompts_of(judgement.itt_id)[judgement.about]
    about = {"judgement": judgement, "prompt": prompt, "stands": event.data["stands"]}
    to_bidders(event, [judgement.bid], "judging/decided", "own_judgements.show", **about)


def _to_authority(event: Event, template: str, role: Role) -> None:
    judgement = _judgement(event)
    link = page_of("compliance.decide", reference=judgement.itt.reference, judgement_id=judgement.id)
    to_authority(event, judgement.itt, template, role, link=link, judgement=judgement)


def _judgement(event: Event) -> Judgement:
    return db.session.get_one(Judgement, event.object_id)
