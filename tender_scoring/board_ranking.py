"""Ranking a board: exact, without steps.

Totals are compared in double precision first, which is proof enough wherever two of them differ by more than
the worst error of the calculation; the few that are closer are compared as fractions, tie-breaks included.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.board import Board
from tender_scoring.case import Column
from tender_scoring.combining import combine
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.evaluation import bid_marks, tie_breakers
from tender_scoring.exact_sums import weighted_sums
from tender_scoring.method import Group
from tender_scoring.prices import PriceField, PriceFormula
from tender_scoring.ranking import Value, rank

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bids = NDArray[np.intp]

# A total is a sum of one figure of quality and one for each price criterion, all between 0 and 100. Each
# comes from whole numbers by at most 8 roundings of at most 150 * 2**-53 = 1.7e-14 (150 is the largest figure
# in between, that of mean_relative), so two totals together are wrong by less than 3e-13 for each price
# criterion: three hundred of them are needed to reach this distance, below which fractions decide.
_CLOSE = 1e-10
_MOST_PRICE_CRITERIA = 300
_EXACT_FLOAT = 1 << 53
_FLOAT_BITS = 1000  # a larger whole number is not a finite float


@dataclass(frozen=True, eq=False)
class BoardRanks:
    """Exact ranks by bid number, 0 for a bid that does not stand.

    `quality` are whole numbers over the denominator of the board's form; `field` the prices compared.
    """

    board: Board
    quality: NDArray[Any]
    standing: Bools
    ranks: NDArray[np.int64]
    field: PriceField | None

    def total(self, bid: int) -> Fraction:
        """Return the exact total of a standing bid, out of 100."""
        total = Fraction(int(self.quality[bid]), self.board.layout.form.denominator)
        price = self.board.price(bid)
        if self.field is not None and price is not None:
            shares = [worth * formula.share(price, self.field) for worth, formula in self.board.layout.prices]
            total += sum(shares, Fraction(0))
        return total

    def value(self, bid: int) -> Fraction:
        """Return what the method ranks a standing bid by, higher first: its total, or marks per pound."""
        price = self.board.price(bid)
        if self.board.method.ranking == "highest_total" or price is None:
            return self.total(bid)
        return self.total(bid) / price


def rank_board(board: Board) -> BoardRanks:
    """Return the exact ranks of a board, ties broken as published.

    Raises InvalidCase where price per quality point would divide by no quality.
    """
    quality = _quality(board)
    standing = _standing(board)
    known = np.flatnonzero(standing) if standing is not None else np.arange(len(board.cells))
    ranks = np.zeros(len(board.cells), np.int64)
    field = _field(board, known) if board.layout.prices and len(known) else None
    stands = np.ones(len(ranks), np.bool_) if standing is None else standing
    found = BoardRanks(board, quality, stands, ranks, field)
    if board.method.ranking == "price_per_quality_point" and not quality[known].all():
        raise InvalidCase(Code.ZERO_TOTAL, "A bid has no quality points to divide its price by.", "/bids")
    if len(known):
        _rank(found, known)
    ranks.setflags(write=False)
    return found


def _quality(board: Board) -> NDArray[Any]:
    """Return every bid's quality as whole numbers over the denominator of the form."""
    layout = board.layout
    quality = weighted_sums(board.cells, layout.weights)
    if quality.dtype != object and 100 * layout.form.denominator >= 1 << 63:
        quality = quality.astype(object)  # 100 marks are the most that quality can be
    for index, start, end in layout.medians:
        block = np.sort(board.cells[:, start:end], axis=1)[:, (end - start - 1) // 2 : (end - start) // 2 + 1]
        quality = quality + block.sum(axis=1, dtype=quality.dtype) * layout.form.factors[index]
    constant = sum(layout.form.constants)
    return quality + constant if constant else quality


def _standing(board: Board) -> Bools | None:
    """Return which bids no minimum and no ceiling eliminates, or None where the method has neither."""
    layout = board.layout
    tests: list[Any] = []
    for index, start, end, least in layout.minimums:
        columns = [Column(0, column.member) for column in layout.columns[start:end]]
        sums = combine(board.cells[:, start:end], columns, [layout.parts[index]]).sums[:, 0]
        tests.append(sums >= least)
    for _, formula in layout.prices:
        if formula.ceiling is not None and board.prices is not None:
            tests.append(board.prices <= formula.ceiling // board.price_unit)
    return np.logical_and.reduce(tests).astype(np.bool_) if tests else None


def _field(board: Board, known: Bids) -> PriceField:
    prices = board.prices if board.prices is not None else np.zeros(1, np.int64)
    compared = prices[known] if len(known) < len(prices) else prices
    # int64 holds the sum of a thousand prices below 2**53; blocks of them are added as Python integers
    total = sum(int(compared[start : start + 1000].sum()) for start in range(0, len(compared), 1000))
    unit = board.price_unit
    lowest, highest = int(compared.min()) * unit, int(compared.max()) * unit
    return PriceField(lowest, highest, Fraction(total, len(compared)) * unit)


def _rank(found: BoardRanks, known: Bids) -> None:
    """Write the ranks of the standing bids."""
    board = found.board
    values = _values(found, known)
    order = np.argsort(-values) if values.dtype != object else np.array(_argsort(values))
    ordered, places = values[order], order if len(known) == len(found.ranks) else known[order]
    if board.method.ranking == "price_per_quality_point" and values.dtype != object:
        near = ordered[:-1] - ordered[1:] <= _CLOSE * float(ordered[0])
    elif values.dtype == np.float64:
        near = ordered[:-1] - ordered[1:] <= _CLOSE
    else:
        near = np.asarray(ordered[:-1] == ordered[1:], np.bool_)
    found.ranks[places] = np.arange(1, len(places) + 1)
    starts, sizes = _groups(np.flatnonzero(near))
    found.ranks[places[_members(starts, sizes)]] = np.repeat(starts + 1, sizes)
    if not starts.size or (values.dtype != np.float64 and not board.method.tie_break):
        return  # exact values: equal ones are ties, and nothing is published to break them
    same = _same(found, places, starts, sizes)
    if board.method.tie_break and same.any():
        _break_ties(found, places, starts[same], sizes[same])
    for start, size in zip(starts[~same].tolist(), sizes[~same].tolist(), strict=True):
        _settle(found, places[start : start + size].tolist(), start)


def _groups(near: Bids) -> tuple[Bids, Bids]:
    """Return where each group of close values begins and its size, given the places not apart from the next."""
    first = np.flatnonzero(np.diff(near, prepend=-2) > 1)
    return near[first], np.diff(first, append=len(near)) + 1


def _members(starts: Bids, sizes: Bids) -> Bids:
    """Return the places of all members of some groups, one group after another."""
    return np.repeat(starts - _firsts(sizes), sizes) + np.arange(int(sizes.sum()))


def _firsts(sizes: Bids) -> Bids:
    """Return where each group begins when only the groups are put one after another."""
    return np.asarray(np.cumsum(sizes) - sizes, np.intp)


def _same(found: BoardRanks, ordered: Bids, starts: Bids, sizes: Bids) -> Bools:
    """Tell of which groups all bids have the same quality and the same price, and so the same total."""
    bids, firsts = ordered[_members(starts, sizes)], _firsts(sizes)
    differs = np.zeros(len(bids), np.bool_)
    columns = [found.quality] if found.board.prices is None else [found.quality, found.board.prices]
    for column in columns:
        values = column[bids]
        differs[1:] |= np.asarray(values[1:] != values[:-1], np.bool_)
    differs[firsts] = False
    return np.asarray(~np.logical_or.reduceat(differs, firsts), np.bool_)


def _break_ties(found: BoardRanks, ordered: Bids, starts: Bids, sizes: Bids) -> None:
    """Write the ranks within groups of equal quality and equal price: only marks of quality can differ."""
    board, layout = found.board, found.board.layout
    bids = ordered[_members(starts, sizes)]
    groups = np.repeat(np.arange(len(starts)), sizes)
    firsts, offsets = np.repeat(_firsts(sizes), sizes), np.repeat(starts, sizes)
    kind = found.quality.dtype
    sums = combine(board.cells[bids], layout.columns, layout.parts).sums.astype(kind)
    below = _parts_below(board)
    keys = [
        -sum((sums[:, part] * layout.form.factors[part] for part in below[name]), np.zeros(len(bids), kind))
        for name in board.method.tie_break
        if name != "lowest_price"
    ]
    order = np.lexsort([*reversed([_codes(key) for key in keys]), groups])
    new = np.ones(len(order), np.bool_)
    new[1:] = np.diff(groups[order]) != 0
    for key in keys:
        new[1:] |= np.asarray(key[order][1:] != key[order][:-1], np.bool_)
    runs = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    found.ranks[bids[order]] = offsets[order] + runs - firsts[order] + 1


def _codes(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return numbers in the same order as the values, which lexsort takes where they are Python integers."""
    if values.dtype != object:
        return np.asarray(values, np.int64)
    codes = {value: code for code, value in enumerate(sorted(set(values.tolist())))}
    return np.array([codes[value] for value in values.tolist()], np.int64)


def _parts_below(board: Board) -> dict[str, list[int]]:
    """Return the parts that earn each criterion's marks, by the criterion's id."""
    below: dict[str, list[int]] = {node.id: [] for node, _ in board.method.walk()}
    for index, part in enumerate(board.layout.parts):
        below[part.criterion].append(index)
    for node, _ in board.method.walk():  # children come before their group
        if isinstance(node, Group):
            below[node.id] = [part for child in node.children for part in below[child.id]]
    return below


def _argsort(values: NDArray[Any]) -> list[int]:
    return sorted(range(len(values)), key=values.__getitem__, reverse=True)


def _settle(found: BoardRanks, bids: list[int], before: int) -> None:
    """Write the ranks of bids whose totals are too close for double precision, or equal."""
    board = found.board
    values: dict[int, Value] = {bid: found.value(bid) for bid in sorted(bids)}
    ranks = rank(values)
    if ranks.ties and board.method.tie_break:
        tied = sorted(bid for tie in ranks.ties for bid in tie)
        layout = board.layout
        sums = combine(board.cells[tied], layout.columns, layout.parts).sums
        prices = {bid: board.price(bid) for bid in tied}
        marks = {
            bid: bid_marks(board.method, layout.parts, layout.form, list(map(int, row)), prices[bid], found.field)
            for bid, row in zip(tied, sums.tolist(), strict=True)
        }
        ranks = rank(values, tie_breakers(board.method, marks, prices))
    for bid, place in ranks.places:
        found.ranks[bid] = before + place


def _values(found: BoardRanks, known: Bids) -> NDArray[Any]:
    """Return what ranks the standing bids: floats within _CLOSE, or exact whole numbers or fractions."""
    board, layout = found.board, found.board.layout
    quality = found.quality[known] if len(known) < len(found.quality) else found.quality
    by_price = board.method.ranking == "price_per_quality_point"
    if not layout.prices and not by_price:
        return quality
    prices = board.prices
    safe = len(layout.prices) <= _MOST_PRICE_CRITERIA and layout.form.denominator.bit_length() < _FLOAT_BITS
    if prices is not None and prices.dtype != object and safe:
        standing = prices[known] if len(known) < len(prices) else prices
        values: Floats | None = np.asarray(quality / float(layout.form.denominator), np.float64)
        if by_price:
            return np.asarray(values / standing)
        for worth, formula in layout.prices:
            share = _shares(formula, standing, found)
            values = None if values is None or share is None else values + float(worth) * share
        if values is not None:
            return values
    exact = np.empty(len(known), object)
    exact[:] = [found.value(bid) for bid in known.tolist()]
    return exact


def _shares(formula: PriceFormula, prices: NDArray[np.int64], found: BoardRanks) -> Any:
    """Return the share of the marks of every price, rounded only after exact differences of whole numbers.

    None where the published parameters and the prices have no common unit that int64 can hold.
    """
    unit, field = found.board.price_unit, found.field
    if field is None:
        raise AssertionError("a price criterion with a standing bid has a field")
    lowest, highest = int(field.lowest / unit), int(field.highest / unit)
    if formula.name == "lowest_relative":
        return lowest / prices
    if formula.name == "percentage_deviation":
        return np.maximum(0.0, 1 - (prices - lowest) / lowest)
    if formula.name == "min_max":
        return (highest - prices) / (highest - lowest) if highest > lowest else np.ones(len(prices))
    if formula.name == "mean_relative":
        return np.clip(150 - 100 * (prices / float(field.mean / unit)), 0, 100) / 100
    if formula.ceiling is None:
        limits = [int(field.lowest * (1 + limit / 100) // unit) for limit, _ in formula.bands]
        marks = np.array([*(float(share / 100) for _, share in formula.bands), 0.0])
        return marks[np.searchsorted(np.array(limits), prices)]
    ceiling, floor = formula.ceiling / unit, formula.floor / unit
    scale = lcm(ceiling.denominator, floor.denominator)
    if max(int(ceiling * scale), highest * scale) >= _EXACT_FLOAT:
        return None
    return np.minimum(1.0, (int(ceiling * scale) - prices * scale) / int((ceiling - floor) * scale))
