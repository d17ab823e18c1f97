"""The states of a bid and of an opening."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Named


class BidStatus(Named):
    """Where a bid is; a submitted bid may be changed and submitted again until the deadline."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


BID = Lifecycle(
    "bid",
    {
        BidStatus.DRAFT: frozenset({BidStatus.SUBMITTED}),
        BidStatus.SUBMITTED: frozenset({BidStatus.SUBMITTED, BidStatus.WITHDRAWN}),
        BidStatus.WITHDRAWN: frozenset({BidStatus.SUBMITTED}),
    },
)


class LateStatus(Named):
    """What becomes of a bid in the late box: one person proposes, another decides."""

    KEPT = "kept"
    PROPOSED = "proposed"
    ADMITTED = "admitted"
    REFUSED = "refused"


LATE = Lifecycle(
    "late bid",
    {
        LateStatus.KEPT: frozenset({LateStatus.PROPOSED}),
        LateStatus.PROPOSED: frozenset({LateStatus.KEPT, LateStatus.ADMITTED, LateStatus.REFUSED}),
    },
)


class DraftAct(StrEnum):
    """What somebody saved of a draft, as the ledger has it."""

    ANSWERS = "answers"
    RATES = "rates"
    PRICE = "price"
    ATTACH = "attach"
    REPLACE = "replace"
    REMOVE = "remove"
    WORKBOOK = "workbook"
    REUSE = "reuse"
    CONFIDENTIAL = "confidential"
    PARTNERS = "partners"


class OpeningStatus(StrEnum):
    """An opening waits for its second person, then it is done."""

    AWAITING_SECOND = "awaiting_second"
    DONE = "done"


class Opens(StrEnum):
    """What an opening opens: the bids, with their prices unless those are opened apart, or the prices."""

    BIDS = "bids"
    PRICES = "prices"
