"""From a case document to a Case: bids, recusals, and a complete sheet of scores."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tender_scoring.case import Case, Cells, Column, Entries, cell_type
from tender_scoring.collector import paused
from tender_scoring.documents import parse
from tender_scoring.entries_reading import Known, read_entries
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import get_array, get_id, get_mapping, get_number, get_object, get_text, pointer, shown
from tender_scoring.method import DRAWN_LOT, Method
from tender_scoring.method_reading import read_method
from tender_scoring.plan import Part, parts_of


def read_case(data: bytes) -> Case:
    """Return the case of a UTF-8 JSON document, or raise InvalidCase with its code and place.

    >>> read_case(b'{"method": {}, "bids": {}}')
    Traceback (most recent call last):
    tender_scoring.errors.InvalidCase: The key 'scales' is missing. (missing_key at /method)
    """
    with paused():
        return case_from(parse(data))


def case_from(document: Any) -> Case:
    """Return the case of a document that is already Python values, as the JSON reader would give them."""
    entries = get_object(document, "", ("method", "bids"), ("scores", "agreed", "recused", "drawn"))
    method = read_method(entries["method"], "/method")
    bids, prices = _read_bids(entries["bids"], "/bids", method)
    parts = parts_of(method)
    known = Known(
        {bid: index for index, bid in enumerate(bids)},
        parts,
        frozenset(method.panels),
        frozenset(node.id for node, _ in method.walk()),
        _read_recused(entries.get("recused", []), "/recused", method),
    )
    individual = read_entries(entries.get("scores", []), "/scores", known, agreed=False)
    agreed = read_entries(entries.get("agreed", []), "/agreed", known, agreed=True)
    sheet = _Sheet(bids, parts, "/scores" if "scores" in entries else "", "/agreed" if "agreed" in entries else "")
    columns, cells = sheet.fill(individual, agreed)
    drawn = _read_drawn(entries.get("drawn", []), "/drawn", method, known.bids)
    return Case(method, bids, prices, parts, columns, cells, individual, agreed, drawn)


def _read_bids(value: Any, where: str, method: Method) -> tuple[tuple[str, ...], tuple[Fraction | None, ...]]:
    stated = get_mapping(value, where)
    if not stated:
        raise InvalidCase(Code.NO_BIDS, "There is no bid.", where)
    needs_price = method.needs_price
    prices: dict[str, Fraction | None] = {}
    for bid, item in stated.items():
        place = pointer(where, get_id(bid, where))
        entries = get_object(item, place, (), ("price",))
        prices[bid] = None
        if "price" in entries:
            prices[bid] = price = get_number(entries["price"], pointer(place, "price"))
            if price <= 0:
                raise InvalidCase(Code.PRICE_NOT_POSITIVE, "A price is above 0.", pointer(place, "price"))
        elif needs_price:
            raise InvalidCase(Code.PRICE_MISSING, f"The bid {shown(bid)} has no price.", place)
    bids = tuple(sorted(prices))
    return bids, tuple(prices[bid] for bid in bids)


def _read_drawn(value: Any, where: str, method: Method, bids: Mapping[str, int]) -> Mapping[int, int]:
    places: dict[int, int] = {}
    for index, item in enumerate(get_array(value, where)):
        place, bid = pointer(where, index), get_text(item, pointer(where, index))
        if DRAWN_LOT not in method.tie_break:
            raise InvalidCase(Code.TIE_BREAK, "The method draws no lot.", place)
        if bid not in bids:
            raise InvalidCase(Code.UNKNOWN_BID, f"There is no bid {shown(bid)}.", place)
        if bids[bid] in places:
            raise InvalidCase(Code.TIE_BREAK, f"The lot of {shown(bid)} is drawn twice.", place)
        places[bids[bid]] = index
    return places


def _read_recused(value: Any, where: str, method: Method) -> frozenset[tuple[str, str]]:
    recused: set[tuple[str, str]] = set()
    for index, item in enumerate(get_array(value, where)):
        place = pointer(where, index)
        entries = get_object(item, place, ("panel", "member"))
        panel = get_id(entries["panel"], pointer(place, "panel"))
        member = get_id(entries["member"], pointer(place, "member"))
        if panel not in method.panels:
            raise InvalidCase(Code.UNKNOWN_PANEL, f"There is no panel {shown(panel)}.", pointer(place, "panel"))
        if (panel, member) in recused:
            raise InvalidCase(Code.DUPLICATE_RECUSAL, "This recusal is given twice.", place)
        recused.add((panel, member))
    return frozenset(recused)


class _Sheet:
    """The complete table of scores, refused while a cell is missing or a panel is below its quorum."""

    def __init__(self, bids: tuple[str, ...], parts: Sequence[Part], scores: str, agreed: str) -> None:
        self.bids, self.parts, self.scores, self.agreed = bids, parts, scores, agreed

    def fill(self, individual: Entries, agreed: Entries) -> tuple[tuple[Column, ...], Cells]:
        """Return the columns of every part and the cells of every bid in them."""
        pairs = [
            *zip(individual.parts.tolist(), individual.members, strict=True),
            *zip(agreed.parts.tolist(), agreed.members, strict=True),
        ]
        different = set(pairs)
        by_part: dict[int, set[str | None]] = {index: set() for index in range(len(self.parts))}
        for part, member in different:
            # an agreed panel's members are kept and shown, but only its agreed score is a column
            if (member is None) == (self.parts[part].combine == "agreed"):
                by_part[part].add(member)
        self._check_quorum(by_part)
        columns = tuple(
            Column(part, member)
            for part, members in by_part.items()
            for member in sorted(members, key=lambda name: name or "")
        )
        positions = dict.fromkeys(different, -1)
        positions |= {(column.part, column.member): index for index, column in enumerate(columns)}
        chosen = np.fromiter(map(positions.__getitem__, pairs), np.int64, len(pairs))
        rows = np.concatenate([individual.bids, agreed.bids])
        steps = (*individual.steps, *agreed.steps)
        return columns, self._cells(columns, chosen, rows, steps)

    def _check_quorum(self, by_part: dict[int, set[str | None]]) -> None:
        for index, members in by_part.items():
            part = self.parts[index]
            if part.combine == "agreed" and not members:
                message = f"The panel {shown(part.panel)} has no agreed score for {shown(part.criterion)}."
                raise InvalidCase(Code.MISSING_AGREED, message, self.agreed)
            if part.combine != "agreed" and len(members) < part.quorum:
                message = (
                    f"{len(members)} members of {shown(part.panel)} scored {shown(part.criterion)}; "
                    f"the quorum is {part.quorum}."
                )
                raise InvalidCase(Code.BELOW_QUORUM, message, self.scores)

    def _cells(self, columns: tuple[Column, ...], chosen: Any, rows: Any, steps: tuple[int, ...]) -> Cells:
        used = chosen >= 0
        counts = np.bincount(chosen[used], minlength=len(columns))
        short = np.flatnonzero(counts != len(self.bids))
        if short.size:  # before anything of the size bids x columns is allocated
            column = columns[int(short[0])]
            scored = set(rows[chosen == int(short[0])].tolist())
            raise self._missing(column, next(row for row in range(len(self.bids)) if row not in scored))
        kind = cell_type(max((part.scale.steps for part in self.parts), default=0))
        cells = np.zeros((len(self.bids), len(columns)), kind)
        cells[rows[used], chosen[used]] = np.array(steps, kind)[used]
        cells.setflags(write=False)
        return cells

    def _missing(self, column: Column, row: int) -> InvalidCase:
        part, bid = self.parts[column.part], self.bids[row]
        if column.member is None:
            message = f"{shown(part.panel)} has no agreed score for {shown(bid)} on {shown(part.criterion)}."
            return InvalidCase(Code.MISSING_AGREED, message, self.agreed)
        message = f"The member {shown(column.member)} has no score for {shown(bid)} on {shown(part.criterion)}."
        return InvalidCase(Code.MISSING_SCORE, message, self.scores)
