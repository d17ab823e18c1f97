"""Leaving a panel because of an interest: the whole procurement or one lot, by oneself or as two people decided."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.sessions import end_sessions_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.evaluation.attending import leave
from portal.evaluation.coverage import is_covered
from portal.evaluation.dealing import deal_again
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork
from portal.evaluation.panels import end_seat
from portal.evaluation.queries import opened_bids, seat_of
from portal.evaluation.recusal_models import LotRecusal
from portal.evaluation.standing import lots_left, standing_of
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.evaluation.taking_part.pairing import part, part_in_lot
from portal.tendering.interests.declaring import settle_stepping_back
from portal.tendering.interests.mitigating import after_agreeing
from portal.tendering.interests.models import Mitigation
from portal.tendering.interests.states import Extent

LEADS = (MemberRole.CHAIR, MemberRole.FACILITATOR)


def step_back(*, work: PanelWork, lot_id: uuid.UUID | None, actor: Actor, now: datetime) -> PanelMember:
    """Step back by oneself, at once, from one lot, or from the whole procurement where none is given.

    Only whoever declared a link with a bidder (of that lot) does. Consequences: from the whole, the role on the panel
    ends at once (a young person's session too); from a lot, nothing of it can be read or judged any more. What was
    scored there stays on record and counts no longer, but for what a pair gave, which is theirs who stay; in
    moderation what was agreed there is superseded and agreed again (of a panel that is back for one score: that one).
    The links are settled in the register. Records MEMBER_RECUSED. Raises `InvalidInput` (field "extent") for a
    chair or facilitator who leaves one lot, `WrongState` without a link.
    """
    take(work, Verb.DECLARE, actor=actor)
    member = seat_of(work.panel_id, actor.user_id)
    lots = {bid.bid_id: bid.bid.lot_id for bid in opened_bids(work.itt_id)}
    linked = {lots[one.bid_id] for one in standing_of(work, member).links if one.bid_id in lots}
    if not linked or (lot_id is not None and lot_id not in linked):
        raise WrongState("Declare first which bidder you have a link with.")
    _leave(work, member, lot_id, actor=actor, now=now)
    return member


@after_agreeing
def leave_as_decided(*, mitigation: Mitigation, actor: Actor, now: datetime) -> None:
    """Take a panel member out of the panel or the lot, where two people decided that; else it may be theirs."""
    interest = mitigation.interest
    if interest.panel_id is None:
        return
    work = lock(PanelWork, interest.panel_id)
    if mitigation.outcome not in (mitigation.outcome.LOT, mitigation.outcome.WHOLE):
        deal_again(work, actor=actor)
        return
    if work.status is PanelWorkStatus.CLOSED:
        raise WrongState("This panel has finished, so nobody can be taken off it.")
    seat = select(PanelMember).where(
        PanelMember.panel_id == work.panel_id,
        PanelMember.user_id == interest.user_id,
        PanelMember.removed_at.is_(None),
        PanelMember.recused_at.is_(None),
    )
    member = db.session.scalars(seat).one_or_none()
    if member is None:
        return
    bid = db.session.get_one(Bid, interest.bid_id) if mitigation.outcome.is_lot else None
    _leave(work, member, bid.lot_id if bid is not None else None, actor=actor, now=now)


def _leave(work: PanelWork, member: PanelMember, lot_id: uuid.UUID | None, *, actor: Actor, now: datetime) -> None:
    lots = {bid.bid.lot_id for bid in opened_bids(work.itt_id)}
    if lots - {lot_id} <= lots_left(work.itt_id).get(member.user_id, frozenset()):
        # Nothing would be left to judge.
        lot_id = None
    if lot_id is not None and member.role in LEADS:
        raise InvalidInput(
            "Whoever leads a panel’s moderation leads it for every lot, so they step back from the whole procurement.",
            field="extent",
        )
    bids = [bid.bid_id for bid in opened_bids(work.itt_id) if lot_id in (None, bid.bid.lot_id)]
    if lot_id is None:
        _end(work, member, now=now)
    else:
        _leave_lot(work, member, lot_id, bids, now=now)
    if work.status is PanelWorkStatus.MODERATING:
        _agree_again(work, bids, now=now)
    settle_stepping_back(
        panel=work.panel,
        user_id=member.user_id,
        bids=None if lot_id is None else bids,
        extent=Extent.WHOLE if lot_id is None else Extent.LOT,
    )
    deal_again(work, actor=actor)
    record(
        EventKind.MEMBER_RECUSED,
        member,
        actor=actor,
        panel=work.panel.key,
        lot=lot_id,
        moderating=work.status is PanelWorkStatus.MODERATING,
        is_covered=is_covered(work),
    )


def _leave_lot(
    work: PanelWork, member: PanelMember, lot_id: uuid.UUID, bids: Collection[uuid.UUID], *, now: datetime
) -> None:
    row = insert(LotRecusal).values(user_id=member.user_id, lot_id=lot_id, recused_at=now)
    db.session.execute(row.on_conflict_do_nothing())
    part_in_lot(member, bids, {person for person, lots in lots_left(work.itt_id).items() if lot_id in lots})


def _agree_again(work: PanelWork, bids: Collection[uuid.UUID], *, now: datetime) -> None:
    in_force = update(ModeratedScore).where(
        ModeratedScore.panel_id == work.panel_id,
        ModeratedScore.superseded_at.is_(None),
        ModeratedScore.bid_id.in_(bids),
    )
    if work.corrects is not None:
        # The panel is back for one score: nothing else that it agreed can be agreed again, so it stays.
        cell = ModeratedScore.bid_id == work.corrects.bid_id, ModeratedScore.criterion_id == work.corrects.criterion_id
        in_force = in_force.where(*cell)
    db.session.execute(in_force.values(superseded_at=now))


def _end(work: PanelWork, member: PanelMember, *, now: datetime) -> None:
    part(member, now=now)
    member.recused_at = now
    end_seat(member, now=now)
    if member.role is MemberRole.YOUNG_MEMBER:
        end_sessions_of(user_id=member.user_id, now=now)
    if work.status is PanelWorkStatus.MODERATING:
        leave(work, member.id, now=now)
