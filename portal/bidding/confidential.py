"""Marking parts of a bid as confidential: which, and why.

The mark binds nobody: whether something is disclosed is decided under the Freedom of Information Act 2000, with the
bidder's reason at hand. It is sealed in the envelope of what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.bidding.closing import lock_bid, require_open
from portal.bidding.contents import Content
from portal.bidding.drafting import change_draft
from portal.bidding.models import Bid
from portal.bidding.states import DraftAct
from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text, require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.tendering.price_limits import PRICE
from portal.tendering.question_kinds.kind import Asked

LONGEST_REASON = 1_000
"""Characters."""


def what_can_be_marked(questions: Sequence[Asked]) -> dict[str, str]:
    """The parts of a bid that can be marked, in words: each answer with its files, and the price."""
    return {asked.key: asked.prompt for asked in questions if not asked.kind.sets_price} | {PRICE: "Price"}


def marked_in(content: Content, questions: Sequence[Asked]) -> list[tuple[str, str]]:
    """What of a bid is marked, in words, each with the reason."""
    parts = what_can_be_marked(questions)
    return [(words, content.confidential[key]) for key, words in parts.items() if key in content.confidential]


def mark_confidential(*, bid: Bid, actor: Actor, keys: KeyFolder, reasons: Mapping[str, str]) -> int:
    """Mark each part of the draft that has a reason, unmark the others, and return the draft's revision.

    Consequences: as for `save_answers`; records BID_DRAFT_SAVED. Raises `TooLate` from the closing instant on,
    `InvalidInput` (field "why-" and the part's key) for a reason that is none, or too long.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    if not reasons.keys() <= what_can_be_marked(entered.questions).keys():
        raise InvalidInput("That is not part of this bid.")
    said = {key: _reason(key, why) for key, why in reasons.items() if has_text(why)}

    def change(content: Content) -> None:
        content.confidential = said

    return change_draft(bid, entered, actor, keys, change, DraftAct.CONFIDENTIAL)


def _reason(key: str, typed: str) -> str:
    ask = "Say why it is confidential: the buyer reads it"
    return require_reason(typed, ask, field=f"why-{key}", most=LONGEST_REASON)
