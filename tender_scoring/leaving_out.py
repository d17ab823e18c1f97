"""Who would have the places of the award without one of the bids, and without one of the members."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tender_scoring.case import Case
from tender_scoring.ranking import Ranks
from tender_scoring.totals import Totals


@dataclass(frozen=True, slots=True)
class WithoutBid:
    """The outcome had this standing bid not been made: relative prices change, scores do not."""

    bid: str
    winners: tuple[str, ...]
    winner_changes: bool
    order_changes: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "bid": self.bid,
            "winners": list(self.winners),
            "winner_changes": self.winner_changes,
            "order_changes": self.order_changes,
        }


@dataclass(frozen=True, slots=True)
class WithoutMember:
    """The outcome without the scores of one member of a mean or median panel.

    `winners` is None where a criterion would be left without any score of the panel.
    """

    panel: str
    member: str
    winners: tuple[str, ...] | None
    winner_changes: bool
    below_quorum: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "panel": self.panel,
            "member": self.member,
            "winners": None if self.winners is None else list(self.winners),
            "winner_changes": self.winner_changes,
            "below_quorum": self.below_quorum,
        }


def without_each_bid(what: Totals) -> tuple[WithoutBid, ...]:
    """Return the outcome without each standing bid, in the order of their ids.

    `winner_changes` compares the winners with the old ones, the bid itself among them, so a winner's own entry is
    true: somebody else would win.
    """
    ranks = what.order(what.standing)
    chosen = what.chosen(ranks)
    figures = what.figures(what.field(what.standing))
    found: list[WithoutBid] = []
    for bid in what.standing:
        before = after = _order_without(ranks, bid)
        others = [rival for rival in what.standing if rival != bid]
        if what.figures(what.field(others)) != figures:  # otherwise nobody's marks move
            after = _order_without(what.order(others), bid)
        winners = _first(after, what.case.method.winners)
        found.append(WithoutBid(what.case.bids[bid], what.names(winners), winners != chosen, after != before))
    return tuple(found)


def _first(groups: list[list[int]], places: int) -> tuple[int, ...]:
    """Return the bids that so many places go to, of groups of equal rank."""
    found: list[int] = []
    for group in groups:
        if len(found) >= places:
            break
        found += group
    return tuple(sorted(found))


def _order_without(ranks: Ranks, bid: int) -> list[list[int]]:
    """Return the bids but one in groups of equal rank."""
    groups: dict[int, list[int]] = {}
    for other, place in ranks.places:
        if other != bid:
            groups.setdefault(place, []).append(other)
    return [sorted(group) for group in groups.values()]


def without_each_member(what: Totals) -> tuple[WithoutMember, ...]:
    """Return the outcome without each member whose scores count, by panel and member."""
    winners = what.names(what.chosen(what.order(what.standing)))
    return tuple(_without(what.case, panel, member, winners) for panel, member in _members(what.case))


def _members(case: Case) -> Iterator[tuple[str, str]]:
    pairs = {
        (case.parts[column.part].panel, column.member)
        for column in case.columns
        if column.member is not None and case.parts[column.part].counts
    }
    yield from sorted(pairs)


def _without(case: Case, panel: str, member: str, winners: tuple[str, ...]) -> WithoutMember:
    keep = [
        index
        for index, column in enumerate(case.columns)
        if column.member != member or case.parts[column.part].panel != panel
    ]
    left = [0] * len(case.parts)
    for index in keep:
        left[case.columns[index].part] += 1
    of_panel = [(count, part) for count, part in zip(left, case.parts, strict=True) if part.panel == panel]
    below = any(count < part.quorum for count, part in of_panel)
    if any(count == 0 for count, _ in of_panel):
        return WithoutMember(panel, member, None, False, below)
    smaller = Totals(replace(case, columns=tuple(case.columns[index] for index in keep), cells=case.cells[:, keep]))
    after = smaller.names(smaller.chosen(smaller.order(smaller.standing)))
    return WithoutMember(panel, member, after, after != winners, below)
