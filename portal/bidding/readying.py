"""Saying that a bid is ready: whoever may write it and not submit it tells those who may."""

from __future__ import annotations

from portal.accounts.calling_submitters import call_submitters, still_called
from portal.audit.kinds import EventKind
from portal.bidding.closing import lock_bid, require_open
from portal.bidding.completeness import gaps_of
from portal.bidding.contents import read_sealed_draft
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder


def say_bid_is_ready(*, bid: Bid, actor: Actor, keys: KeyFolder) -> None:
    """Tell the bidder's submitters, and nobody else, that the bid waits for them. Records BID_READY.

    Raises `TooLate` from the closing instant on, `WrongState` as `call_submitters` does.
    """
    policy.require(actor, Verb.CALL_SUBMITTERS, bid)
    entered = lock_bid(bid)
    require_open(entered)
    db.session.refresh(bid, ["ready_at"])
    content = read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys)
    call_submitters(
        entered,
        EventKind.BID_READY,
        actor=actor,
        is_new=not entered.would_change_nothing,
        is_complete=not gaps_of(entered.questions, content),
        called_at=still_called(bid.ready_at, entered.draft_saved_at),
    )
    bid.ready_at = entered.at
