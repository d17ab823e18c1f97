"""An invitation in two lots; the second is judged by weights and a price of its own, and goes to two bidders."""

from __future__ import annotations

from decimal import Decimal

from portal.core.permissions import Actor
from portal.scenarios import story
from portal.tendering.asking import ask_for_lots
from portal.tendering.criteria import save_lot_weights
from portal.tendering.lots import add_lot, change_lot
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.pricing import set_lot_price


def divide(itt: InvitationToTender, actor: Actor) -> None:
    """Add the second lot to the draft, where it is one that has it: smaller, and nothing to do with others."""
    if itt.title not in (story.DIVIDED_DRAFT, story.DIVIDED):
        return
    first = itt.lots[0]
    worth = story.ESTIMATE
    change_lot(itt=itt, lot=first, title=story.DAY_LOT, description="", estimated_value=worth, places=1, actor=actor)
    worth, places = story.NIGHT_VALUE, story.NIGHT_PLACES
    lot = add_lot(itt=itt, title=story.NIGHT_LOT, description="", estimated_value=worth, places=places, actor=actor)
    by_key = {node.key: node for node in itt.criteria}
    weights = {by_key[key].id: weight for key, weight in story.NIGHT_WEIGHTS.items()}
    save_lot_weights(lot=lot, weights=weights, actor=actor)
    set_lot_price(lot=lot, formula=story.NIGHT_PRICE_FORMULA, actor=actor)
    for question in itt.questions:
        if question.criterion is not None and question.criterion.key == story.NOT_AT_NIGHT:
            ask_for_lots(itt=itt, question=question, lots=[first], actor=actor)


def price_for(lot: Lot, telling: story.Telling) -> Decimal:
    """What the bidder asks for the lot."""
    return telling.price * story.NIGHT_VALUE / story.ESTIMATE if lot.number > 1 else telling.price
