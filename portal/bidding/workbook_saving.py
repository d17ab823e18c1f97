"""Putting into the draft what a workbook says, once its bidder has seen what that changes."""

from __future__ import annotations

from collections.abc import Mapping

from portal.bidding.closing import lock_bid, require_open
from portal.bidding.contents import Content
from portal.bidding.drafting import Put, Saved, as_price, change_draft, keep_answers, put_answers
from portal.bidding.models import Bid
from portal.bidding.states import DraftAct
from portal.bidding.workbook import WHOLE_PRICE, held_in
from portal.core.parsing.figures import POUNDS, read_figure
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.editing.comparing import is_conflict, is_edited


def save_filled(
    *, bid: Bid, actor: Actor, keys: KeyFolder, answers: Mapping[str, str], loaded: Mapping[str, str]
) -> Saved:
    """Save answers, rates and a price ({key: text}) that stood in a workbook, all or none.

    Consequences and errors as for `save_answers` and `save_price`; what somebody else changed since the page compared
    the file with the draft (`loaded`) stays as they left it, and is named in the outcome.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    key, put = WHOLE_PRICE.key, Put()
    price = answers.get(key)
    box = f"answers-{key}"
    held = None if price is None else as_price(entered, read_figure(price, POUNDS, field=box), field=box)

    def change(content: Content) -> None:
        others = {name: text for name, text in answers.items() if name != key}
        put_answers(content, entered, others, loaded, put)
        if price is None:
            return
        stored, was = held_in(content).get(key, ""), loaded.get(key)
        mine = WHOLE_PRICE.stored(price)
        if is_conflict(was, mine, stored):
            put.conflicts.append(key)
        elif is_edited(was, mine, stored):
            content.price = held

    revision = change_draft(bid, entered, actor, keys, change, act=DraftAct.WORKBOOK)
    keep_answers(entered, put, actor, keys)
    return Saved(revision, tuple(put.conflicts))
