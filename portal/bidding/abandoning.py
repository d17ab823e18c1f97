"""Abandoning a draft: what was never submitted can be deleted by its own people; the ledger keeps that it happened."""

from __future__ import annotations

from sqlalchemy import delete, exists, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.closing import lock_bid
from portal.bidding.drafting import earlier_of
from portal.bidding.late_box import late_bid_of
from portal.bidding.models import Bid, BidFile, FilePart, LateAttempt
from portal.bidding.states import BidStatus
from portal.bidding.stored_files import discard_file
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.permissions import Actor, Verb, policy
from portal.core.storage import FileStore
from portal.editing.earlier import forget_earlier


def abandon_bid(*, bid: Bid, actor: Actor, files: FileStore) -> None:
    """Delete a bid that was never submitted, before the closing time or after it.

    Consequences: draft, files and earlier texts are gone, and the provider can start again; records BID_ABANDONED
    without any content, in the bid's own chain. Raises `WrongState` for a bid that was submitted (it is withdrawn
    instead), and for one that somebody tried to submit too late or put into the late box: that is evidence (PCR 2015
    reg 22(16)(g)).
    """
    policy.require(actor, Verb.ABANDON, bid)
    entered = lock_bid(bid)
    if entered.status is not BidStatus.DRAFT:
        raise WrongState("This bid was submitted meanwhile. You can withdraw it until the closing time.")
    if late_bid_of(bid) is not None:
        raise WrongState("This bid is in the late box. That stays on record, with the draft.")
    if db.session.scalar(select(exists().where(LateAttempt.bid_id == bid.id))):
        raise WrongState(
            "Somebody tried to submit this bid after the closing time. That stays on record, with the draft."
        )
    stored: list[BidFile | FilePart] = [
        *db.session.scalars(select(BidFile).where(BidFile.bid_id == bid.id)),
        *db.session.scalars(select(FilePart).where(FilePart.bid_id == bid.id)),
    ]
    for row in stored:
        discard_file(row=row, files=files)
    forget_earlier(draft=earlier_of(entered))
    db.session.flush()
    record(EventKind.BID_ABANDONED, entered, actor=actor, itt=entered.itt_id, lot=entered.lot_number)
    db.session.execute(delete(Bid).where(Bid.id == entered.id))
