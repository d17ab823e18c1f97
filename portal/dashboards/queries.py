"""What the desks show: each page in a fixed number of statements, however many rows there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.accounts.queries import who_acted
from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.notices.queries import itts_with_a_notice_waiting
from portal.organisations.models import ProviderAlert
from portal.reporting.replying import is_untold
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import ENDED, IttStatus

PAGE = 100
LONGEST_HISTORY = 500


def itts_at_work(authority_id: uuid.UUID) -> Sequence[InvitationToTender]:
    """An authority's procurements of which something may wait for somebody, the oldest first, without their methods.

    All of them: what a page does not show, nobody does.
    """
    over = InvitationToTender.status.in_([IttStatus.CONTRACTED, *ENDED, IttStatus.DISCARDED])
    untold = select(Panel.itt_id).where(is_untold())
    return db.session.scalars(
        select(InvitationToTender)
        .where(
            InvitationToTender.authority_id == authority_id,
            or_(~over, InvitationToTender.id.in_(itts_with_a_notice_waiting()), InvitationToTender.id.in_(untold)),
        )
        .options(defer(InvitationToTender.method))
        .order_by(InvitationToTender.created_at, InvitationToTender.id)
    ).all()


def is_unsubmitted(bid: Bid, now: datetime) -> bool:
    """Whether something in the draft will not count unless it is submitted, and can still be."""
    if bid.status is BidStatus.WITHDRAWN or not bid.itt.is_open(now):
        return False
    return bid.status is BidStatus.DRAFT or bid.has_unsubmitted_change


def opportunities_for(provider_id: uuid.UUID, now: datetime) -> Sequence[InvitationToTender]:
    """Open ITTs that match the provider's alerts and that it has not begun to answer, the soonest closing first."""
    begun = select(Bid.itt_id).where(Bid.provider_id == provider_id)
    wanted = db.session.scalars(select(ProviderAlert.cpv_code).where(ProviderAlert.provider_id == provider_id)).all()
    return db.session.scalars(
        select(InvitationToTender)
        .where(
            InvitationToTender.status == IttStatus.PUBLISHED,
            InvitationToTender.closes_at > now,
            InvitationToTender.cpv_codes.overlap(list(wanted)),
            InvitationToTender.id.not_in(begun),
        )
        .options(defer(InvitationToTender.method), joinedload(InvitationToTender.authority))
        .order_by(InvitationToTender.closes_at, InvitationToTender.id)
        .limit(10)
    ).all()


@dataclass(frozen=True)
class Entry:
    """One ledger entry for the page: the event, and what its actor is called (young people by their alias)."""

    event: Event
    who: str


def history_of(itt_id: uuid.UUID) -> list[Entry]:
    """The procurement's own chain, newest first, with actors' names (the portal itself for those without one).

    A young person's account has no other name than the alias.
    """
    events = db.session.scalars(
        select(Event).where(Event.chain == str(itt_id)).order_by(Event.seq.desc()).limit(LONGEST_HISTORY)
    ).all()
    called = who_acted(events)
    return [Entry(event, called.get(event.id, "The portal")) for event in events]


def itt_for_hub(reference: str) -> InvitationToTender:
    """The ITT with its authority and panels, or `NotFound`."""
    found = db.session.scalars(
        select(InvitationToTender)
        .where(InvitationToTender.reference == reference.upper())
        .options(
            joinedload(InvitationToTender.authority),
            joinedload(InvitationToTender.owner),
            joinedload(InvitationToTender.locality),
            selectinload(InvitationToTender.panels),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no invitation to tender with that reference.")
    return found
