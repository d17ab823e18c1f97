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


class OpeningStatus(StrEnum):
    """An opening waits for its second person, then it is done."""

    AWAITING_SECOND = "awaiting_second"
    DONE = "done"
