"""What a bidder's own people did with a bid, to the second: for them alone, from the bid's own chain of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.accounts.queries import who_acted
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.queries import events_of
from portal.bidding.models import Bid
from portal.bidding.states import DraftAct
from portal.core.permissions import Actor, Verb, policy

SENTENCES: Mapping[str, str] = {
    EventKind.BID_STARTED: "The bid was begun",
    EventKind.BID_DRAFT_SAVED: "The draft was saved",
    EventKind.BID_READY: "Those who may submit it were told that it is ready",
    EventKind.BID_SUBMITTED: "Version {version} was submitted and sealed",
    EventKind.BID_WITHDRAWN: "The bid was withdrawn",
    EventKind.BID_REFUSED_LATE: "Refused: it came at or after the closing time",
    EventKind.BID_KEPT_LATE: "The draft was sealed after the closing time and kept in the late box",
    EventKind.BID_ADMITTED_LATE: "Two people of the buyer admitted it from the late box, as version {version}",
}
SAVED: Mapping[DraftAct, str] = {
    DraftAct.ANSWERS: "Answers were saved",
    DraftAct.PRICE: "The price was saved",
    DraftAct.RATES: "Rates were pasted",
    DraftAct.WORKBOOK: "Answers were taken from a spreadsheet",
    DraftAct.REUSE: "Earlier answers or documents were used again",
    DraftAct.CONFIDENTIAL: "Parts were marked as confidential",
    DraftAct.PARTNERS: "Partners or subcontractors were changed",
    DraftAct.ATTACH: "Files were attached",
    DraftAct.REPLACE: "A file was replaced",
    DraftAct.REMOVE: "A file was removed",
}
CONFIRMED = "Version {confirms} was confirmed after a change of what is asked, and sealed as version {version}"
NOBODY = "Fairlot, by itself"


@dataclass(frozen=True)
class Act:
    """One act: when, what, who by name, and the hash of its entry in the ledger."""

    at: datetime
    what: str
    who: str
    hash: str


def acts_of(bid: Bid, actor: Actor) -> Sequence[Act]:
    """What was done with the bid, oldest first; raises `NotFound` for everybody but its provider's people."""
    policy.require(actor, Verb.READ, bid)
    events = [event for event in events_of(bid.id) if event.kind in SENTENCES]
    called = who_acted(events)
    return [Act(event.at, _what(event), called.get(event.id, NOBODY), event.hash.hex()) for event in events]


def _what(event: Event) -> str:
    data: dict[str, Any] = event.data
    if event.kind == EventKind.BID_DRAFT_SAVED and data.get("act") in SAVED:
        return SAVED[data["act"]]
    if event.kind == EventKind.BID_SUBMITTED and "confirms" in data:
        return CONFIRMED.format_map(data)
    return SENTENCES[event.kind].format_map(data)
