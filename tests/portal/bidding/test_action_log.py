"""The log of a bid has words for whatever can be done with it."""

from __future__ import annotations

from portal.audit.kinds import EventKind
from portal.bidding.action_log import SAVED, SENTENCES
from portal.bidding.states import DraftAct

OF_OTHERS = {EventKind.BID_FILE_VIEWED}
"""What the buyer's people do, on the invitation's chain."""
GONE = {EventKind.BID_ABANDONED}
"""What leaves no bid, and so no log."""


def test_every_act_has_its_sentence() -> None:
    """What a bidder's people save, and every kind of entry on the bid's own chain."""
    assert SAVED.keys() == set(DraftAct)
    own = {kind for kind in EventKind if kind.startswith("bid_")} - OF_OTHERS - GONE
    assert SENTENCES.keys() == own
