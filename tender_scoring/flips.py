"""Which single agreed score, moved one step, changes who wins.

A total is linear in every agreed score, so a move is judged by adding one known difference to one total and
comparing it with the best of the others. Only a move across a minimum is different: it changes which bids
stand, and with them every relative price; such a move is worked out again with the new field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tender_scoring.evaluation import price_field
from tender_scoring.fields import decimal_text
from tender_scoring.whatif import WhatIf


@dataclass(frozen=True, slots=True)
class Flip:
    """One agreed score that decides: moved from `score` to `moved` (both on its scale), `winners` win.

    `effect` is `eliminates` (the bid falls below a minimum), `reinstates` (it reaches every minimum) or
    `changes_winner`. An elimination is reported even where the same bid wins.
    """

    panel: str
    bid: str
    criterion: str
    score: Fraction
    moved: Fraction
    effect: str
    winners: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the flip as JSON values."""
        return {
            "panel": self.panel,
            "bid": self.bid,
            "criterion": self.criterion,
            "score": decimal_text(self.score),
            "moved": decimal_text(self.moved),
            "effect": self.effect,
            "winners": list(self.winners),
        }


def single_step_flips(what: WhatIf) -> tuple[Flip, ...]:
    """Return every move of one agreed score by one step that changes the winner or who stands."""
    return tuple(_Flips(what).found())


class _Flips:
    def __init__(self, what: WhatIf) -> None:
        self.what, self.case = what, what.case
        self.ranks = what.order(what.standing)
        self.winners = self.ranks.winners
        self.standing = frozenset(what.standing)
        field = self.field = price_field(what.case, what.standing)
        self.values = {bid: what.value(bid, what.total(bid, field)) for bid in what.standing}
        self.without: dict[int, tuple[int, ...]] = {}
        self.behind: dict[int, tuple[int, ...]] = {}
        places = [bid for bid, _ in self.ranks.places]
        self.first_two = places[:2]

    def found(self) -> Iterator[Flip]:
        for index, part in enumerate(self.case.parts):
            if part.combine != "agreed" or not part.counts:
                continue
            for bid in range(len(self.case.bids)):
                for direction in (-1, 1):
                    steps = self.what.sums[bid][index] + direction
                    if 0 <= steps <= part.scale.steps:
                        yield from self._moved(bid, index, steps)

    def _moved(self, bid: int, index: int, steps: int) -> Iterator[Flip]:
        part = self.case.parts[index]
        failing = (self.what.failed[bid] - {index}) | ({index} if self.what.fails(index, steps) else frozenset())
        stands = not failing and bid not in self.what.over_ceiling
        if stands and bid in self.standing:
            effect, winners = "changes_winner", self._still_standing(bid, index, steps)
            if winners == self.winners:
                return
        elif stands:
            effect, winners = "reinstates", self._reinstated(bid, index, steps)
        elif bid in self.standing:
            effect, winners = "eliminates", self._eliminated(bid)
        else:
            return
        before, after = part.scale.score(self.what.sums[bid][index]), part.scale.score(steps)
        yield Flip(part.panel, self.case.bids[bid], part.criterion, before, after, effect, self.what.names(winners))

    def _row(self, bid: int, index: int, steps: int) -> list[int]:
        row = list(self.what.sums[bid])
        row[index] = steps
        return row

    def _still_standing(self, bid: int, index: int, steps: int) -> tuple[int, ...]:
        what = self.what
        moved = what.form.factors[index] * (steps - what.sums[bid][index])
        value = what.value(bid, what.total(bid, self.field, what.quality[bid] + moved))
        rivals = [rival for rival in self.first_two if rival != bid]
        best = self.values[rivals[0]] if rivals else None
        if best is None or value > best:
            return (bid,)
        if value == best:
            return what.order(what.standing, {bid: self._row(bid, index, steps)}).winners
        if bid not in self.winners:
            return self.winners
        return self._behind(bid)

    def _behind(self, bid: int) -> tuple[int, ...]:
        """Return who wins once a winner, still standing, has fallen behind the best of the others."""
        if bid not in self.behind:
            others = {rival: value for rival, value in self.values.items() if rival != bid}
            self.behind[bid] = self.what.broken(others, self.field, {}).winners
        return self.behind[bid]

    def _eliminated(self, bid: int) -> tuple[int, ...]:
        if bid not in self.without:
            self.without[bid] = self.what.order(rival for rival in self.what.standing if rival != bid).winners
        return self.without[bid]

    def _reinstated(self, bid: int, index: int, steps: int) -> tuple[int, ...]:
        standing = sorted((*self.what.standing, bid))
        return self.what.order(standing, {bid: self._row(bid, index, steps)}).winners
