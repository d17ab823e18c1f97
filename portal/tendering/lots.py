"""Draw up the lots: what is bid for and awarded by itself, what each is worth, how many one bidder may have."""

from __future__ import annotations

from decimal import Decimal

from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import one_line, require_text, tidy
from portal.core.permissions import Actor
from portal.core.words import counted
from portal.tendering import requirements
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.lot_rules import MOST_PLACES
from portal.tendering.models import InvitationToTender, Lot

MOST_LOTS = 40
_WINNING = (
    "Whoever {wins} more lots gets those in which its own total is highest; of equal totals, the lot with the "
    "lower number. The other lots go to the next bid in their ranking, by the same rule."
)


WINNING_RULE = _WINNING.format(wins="comes first in")
PLACES_RULE = (
    "The first in the ranking has place 1, and each signs a contract of its own. Fewer are awarded it where fewer bids "
    "stand. If one withdraws before its contract, the next in the ranking takes its place, or two people decide, with "
    "a reason, that it stays empty; the others keep theirs."
)


def place_words(itt: InvitationToTender) -> list[str]:
    """How many bidders each lot is awarded to, where it is more than one, with the rule for that."""
    several = [lot for lot in itt.lots if lot.places > 1]
    words = [
        f"{f'Lot {lot.number} is' if len(itt.lots) > 1 else 'It is'} awarded to "
        f"{counted(lot.places, 'bidder')}, in the order of their ranks."
        for lot in several
    ]
    return [*words, PLACES_RULE] if several else []


def winning_rule(itt: InvitationToTender) -> str:
    """Which lots somebody gets that would win more than it may."""
    several = any(lot.places > 1 for lot in itt.lots)
    return _WINNING.format(wins="has a place in") if several else WINNING_RULE


def award_words(itt: InvitationToTender) -> list[str]:
    """What is published of who is awarded a lot, and of how many, beside how bids are judged."""
    return [*place_words(itt), *limit_words(itt)]


def limit_words(itt: InvitationToTender) -> list[str]:
    """The published limits in words, with the rule for whoever comes first in more lots than it may win."""
    words, lots = [], counted(len(itt.lots), "lot")
    if itt.max_lots_bid is not None:
        words.append(f"One bidder may bid for at most {itt.max_lots_bid} of the {lots}.")
    if itt.max_lots_awarded is not None:
        words.append(f"One bidder may win at most {itt.max_lots_awarded} of the {lots}. {winning_rule(itt)}")
    return words


def add_lot(
    *,
    itt: InvitationToTender,
    title: str,
    description: str,
    estimated_value: Decimal | None,
    actor: Actor,
    places: int | None = 1,
) -> Lot:
    """Add a lot at the end, with its value (pounds including VAT over the whole term).

    `places`: to how many bidders it is awarded, in the order of their ranks.

    The first of several lots keeps what the whole was worth until somebody says what it is worth itself; the whole is
    worth what the lots are together. Raises `InvalidInput` beside `title`, `estimated_value` or `places`. Records
    ITT_CHANGED.
    """
    begin_change(itt, actor)
    if len(itt.lots) >= MOST_LOTS:
        raise InvalidInput(f"An invitation has at most {MOST_LOTS} lots.", field="title")
    if len(itt.lots) == 1:
        itt.lots[0].estimated_value = itt.estimated_value
    lot = Lot(number=len(itt.lots) + 1, title="")
    _describe(itt, lot, title, description, estimated_value, places)
    itt.lots.append(lot)
    _finish(itt, actor, lot.number)
    return lot


def change_lot(
    *,
    itt: InvitationToTender,
    lot: Lot,
    title: str,
    description: str,
    estimated_value: Decimal | None,
    places: int | None,
    actor: Actor,
) -> None:
    """Change a lot; its number stays. Of a single lot the value is the invitation's. Raises as `add_lot`."""
    begin_change(itt, actor)
    _describe(itt, lot, title, description, estimated_value, places)
    _finish(itt, actor, lot.number)


def move_lot_up(*, itt: InvitationToTender, lot: Lot, actor: Actor) -> None:
    """Let a lot change numbers with the one before it; the first stays. Records ITT_CHANGED."""
    begin_change(itt, actor)
    ordered = list(itt.lots)
    place = ordered.index(lot)
    if place:
        ordered[place - 1 : place + 1] = [lot, ordered[place - 1]]
    _number(ordered)
    _finish(itt, actor, lot.number)


def remove_lot(*, itt: InvitationToTender, lot: Lot, actor: Actor) -> None:
    """Remove a lot; those after it move up a number, and limits that make no sense any more are taken back.

    Raises `InvalidInput` for the only lot, and for one that a question is asked for alone. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    if len(itt.lots) == 1:
        raise InvalidInput("An invitation has at least one lot.")
    for question in itt.questions:
        if question.lot_ids == [lot.id]:
            raise InvalidInput(f"“{question.prompt}” is asked for this lot alone. Ask it for others too, or remove it.")
    itt.lots.remove(lot)
    db.session.flush()
    _number(itt.lots)
    _ask_for_those_left(itt, lot)
    left = len(itt.lots)
    if left == 1:
        itt.lots[0].estimated_value = itt.lots[0].price_formula = None
        itt.lots[0].weights = {}
    itt.max_lots_bid = _still(itt.max_lots_bid, left)
    itt.max_lots_awarded = _still(itt.max_lots_awarded, left)
    _finish(itt, actor, lot.number)


def set_lot_rules(
    *,
    itt: InvitationToTender,
    max_lots_bid: int | None,
    max_lots_awarded: int | None,
    no_lots_reason: str,
    actor: Actor,
) -> None:
    """Say for how many lots one bidder may bid, how many it may win (None: as many as there are), or why one lot.

    Raises `InvalidInput` beside `max_lots_bid` or `max_lots_awarded`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    all_at_once(
        lambda: _require_limit(max_lots_bid, len(itt.lots), "max_lots_bid"),
        lambda: _require_limit(max_lots_awarded, max_lots_bid or len(itt.lots), "max_lots_awarded"),
    )
    itt.max_lots_bid, itt.max_lots_awarded = max_lots_bid, max_lots_awarded
    itt.no_lots_reason = tidy(no_lots_reason) if len(itt.lots) == 1 else ""
    record_change(itt, actor, Task.LOTS, max_lots_bid=max_lots_bid, max_lots_awarded=max_lots_awarded)


def _describe(
    itt: InvitationToTender,
    lot: Lot,
    title: str,
    description: str,
    estimated_value: Decimal | None,
    places: int | None,
) -> None:
    several = lot not in itt.lots or len(itt.lots) > 1
    others = {other.title.casefold() for other in itt.lots if other is not lot}

    def named() -> None:
        lot.title = require_text(one_line(title), "Give the lot a title.", field="title")
        if lot.title.casefold() in others:
            raise InvalidInput("Another lot has this title.", field="title")

    def worth() -> None:
        if several:
            requirements.require_value(estimated_value)

    def awarded() -> None:
        if places is None or not 1 <= places <= MOST_PLACES:
            raise InvalidInput(f"Type a number from 1 to {MOST_PLACES}. Mostly it is 1.", field="places")
        lot.places = places

    all_at_once(named, worth, awarded)
    lot.description, lot.estimated_value = tidy(description), estimated_value if several else None


def _finish(itt: InvitationToTender, actor: Actor, number: int) -> None:
    """Let the whole be worth what its lots are together, as soon as each has a value, and record the change."""
    if len(itt.lots) > 1:
        values = [lot.estimated_value for lot in itt.lots if lot.estimated_value is not None]
        itt.estimated_value = sum(values, Decimal(0)) if len(values) == len(itt.lots) else None
    db.session.flush()
    record_change(itt, actor, Task.LOTS, lot=number, lots=len(itt.lots))


def _ask_for_those_left(itt: InvitationToTender, gone: Lot) -> None:
    for question in itt.questions:
        left = [lot_id for lot_id in question.lot_ids if lot_id != gone.id]
        question.lot_ids = [] if len(left) == len(itt.lots) else left


def _number(ordered: list[Lot]) -> None:
    """Number the lots anew; through negative numbers, for no two may have the same one at any moment."""
    for number, lot in enumerate(ordered, 1):
        lot.number = -number
    db.session.flush()
    for lot in ordered:
        lot.number = -lot.number
    db.session.flush()
    ordered[0].itt.lots.sort(key=lambda lot: lot.number)


def _require_limit(limit: int | None, most: int, field: str) -> None:
    if limit is not None and not 1 <= limit <= most:
        raise InvalidInput(f"Type a number from 1 to {most}, or leave it empty.", field=field)


def _still(limit: int | None, lots: int) -> int | None:
    return limit if limit is not None and limit < lots else None
