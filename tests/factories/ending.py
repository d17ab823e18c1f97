"""Procurements at every stage before their contract, and their ends through the real activities."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from portal.bidding.opening import open_bids
from portal.core import clock
from portal.ending.deciding import decide_ending
from portal.ending.proposing import propose_cancellation, propose_no_award
from portal.extensions import db
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender
from tests.factories.awarding import approver_of, decided_award, proposed_award, ready_for_award, standing_award
from tests.factories.bidding import close_now, draft_bid, opened_itt, opener_of, submitted_bid
from tests.factories.evaluation import moderating_itt, scoring_itt
from tests.factories.tendering import make_commissioner, published_itt

WHY = "The grant that was to pay for this service has been withdrawn."
CHECKED = "I read the letter of the department and the budget."


def _open_for_bids() -> InvitationToTender:
    itt = published_itt()
    submitted_bid(itt)
    draft_bid(itt)
    return itt


def _closed() -> InvitationToTender:
    itt = _open_for_bids()
    close_now(itt)
    return itt


def _half_opened() -> InvitationToTender:
    itt = _closed()
    first = opener_of(itt.authority)
    open_bids(itt=itt, actor=first, keys=current_app.extensions["keys"], factor_at=clock.now())
    return itt


STAGES: dict[str, Callable[[], InvitationToTender]] = {
    "open for bids": _open_for_bids,
    "closed": _closed,
    "half opened": _half_opened,
    "opened without a bid": lambda: opened_itt(0),
    "opened": lambda: opened_itt(1),
    "being scored": lambda: scoring_itt(1).itt,
    "in moderation": lambda: moderating_itt(1).itt,
    "with a result": lambda: ready_for_award(1),
    "award proposed": lambda: proposed_award(n_bids=1).itt,
    "award decided": lambda: decided_award(n_bids=1).itt,
    "in standstill": lambda: standing_award(n_bids=1, over=False).itt,
    "standstill over": lambda: standing_award(n_bids=1).itt,
}
"""Every stage from publication to the contract, by its name."""


def propose_to_cancel(itt: InvitationToTender) -> Ending:
    """Propose to cancel it, by a new commissioner."""
    actor = make_commissioner(itt.authority)
    return propose_cancellation(itt=itt, actor=actor, reason=WHY, now=clock.now())


def propose_to_award_nobody(itt: InvitationToTender) -> Ending:
    """Propose to end the first lot without an award, by a new commissioner."""
    actor = make_commissioner(itt.authority)
    return propose_no_award(itt=itt, lot=itt.lots[0], actor=actor, reason=WHY, now=clock.now())


def decide(ending: Ending) -> Ending:
    """Decide it, by a new approver."""
    decide_ending(ending=ending, actor=approver_of(ending.itt.authority), note=CHECKED, now=clock.now())
    db.session.refresh(ending.itt)
    return ending


def cancelled(itt: InvitationToTender) -> Ending:
    """Cancel it by two people."""
    return decide(propose_to_cancel(itt))


def not_awarded(itt: InvitationToTender) -> Ending:
    """End its first lot without an award by two people."""
    return decide(propose_to_award_nobody(itt))
