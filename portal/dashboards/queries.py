"""What the desks show: each page in a fixed number of statements, however many rows there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.audit.models import Event
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.states import DecisionStatus
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.organisations.models import ProviderAlert
from portal.regulation.regimes import Standstill as StandstillDuty
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

PAGE = 100


def itts_of_authority(authority_id: uuid.UUID) -> Sequence[InvitationToTender]:
    """An authority's procurements, the newest first, without their methods."""
    return db.session.scalars(
        select(InvitationToTender)
        .where(InvitationToTender.authority_id == authority_id)
        .order_by(InvitationToTender.created_at.desc(), InvitationToTender.id)
        .limit(PAGE)
    ).all()


def bids_of_provider(provider_id: uuid.UUID) -> Sequence[Bid]:
    """A provider's bids with their ITTs, those that close last first."""
    return db.session.scalars(
        select(Bid)
        .where(Bid.provider_id == provider_id)
        .join(Bid.itt)
        .options(joinedload(Bid.itt).joinedload(InvitationToTender.authority), joinedload(Bid.lot))
        .order_by(InvitationToTender.closes_at.desc(), Bid.id)
        .limit(PAGE)
    ).all()


def opportunities_for(provider_id: uuid.UUID, now: datetime) -> Sequence[InvitationToTender]:
    """Open ITTs that match the provider's alerts and that it has not begun to answer, the soonest closing first."""
    codes = select(ProviderAlert.cpv_code).where(ProviderAlert.provider_id == provider_id)
    begun = select(Bid.itt_id).where(Bid.provider_id == provider_id)
    wanted = db.session.scalars(codes).all()
    return db.session.scalars(
        select(InvitationToTender)
        .where(
            InvitationToTender.status == IttStatus.PUBLISHED,
            InvitationToTender.closes_at > now,
            InvitationToTender.cpv_codes.overlap(list(wanted)),
            InvitationToTender.id.not_in(begun),
        )
        .options(joinedload(InvitationToTender.authority))
        .order_by(InvitationToTender.closes_at, InvitationToTender.id)
        .limit(10)
    ).all()


@dataclass(frozen=True)
class Entry:
    """One ledger entry for the page: the event, and what its actor is called (young people by their alias)."""

    event: Event
    who: str


def history_of(itt_id: uuid.UUID) -> list[Entry]:
    """The procurement's own chain, newest first, with actors' names (the portal itself for those without one)."""
    rows = db.session.execute(
        select(Event, User.display_name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.chain == str(itt_id))
        .order_by(Event.seq.desc())
        .limit(500)
    )
    return [Entry(row.Event, row.display_name or "The portal") for row in rows]


def standstill_state(itt_id: uuid.UUID, now: datetime) -> str:
    """ "none" (not offered), "waiting" (decided, not begun), "running" or "over"."""
    row = db.session.execute(
        select(AwardDecision.standstill_kind, Standstill.ends_until)
        .outerjoin(Standstill, Standstill.decision_id == AwardDecision.id)
        .where(AwardDecision.itt_id == itt_id, AwardDecision.status == DecisionStatus.DECIDED)
        .order_by(AwardDecision.decided_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.standstill_kind is StandstillDuty.NONE:
        return "none"
    if row.ends_until is None:
        return "waiting"
    return "running" if now < row.ends_until else "over"
