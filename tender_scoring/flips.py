"""Which single agreed score, moved one step, changes who wins: who of the bids is awarded one of the places.

A total is linear in every agreed score, so a move is judged by adding one known difference to one total and
comparing it with the best of the others; most moves leave a bid so far behind that double precision is proof enough.
Only a move across a minimum is different: it changes which bids stand, and with them every relative price; such a
move is worked out again with the new field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tender_scoring.fields import decimal_text
from tender_scoring.ranking import Ranks
from tender_scoring.totals import CLOSE, Totals


@dataclass(frozen=True, slots=True)
class Flip:
    """One agreed score that decides: moved from `score` to `moved` (both on its scale), `winners` have the places.

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


def single_step_flips(what: Totals) -> tuple[Flip, ...]:
    """Return every move of one agreed score by one step that changes the winner or who stands."""
    return tuple(_Flips(what).found())


class _Flips:
    def __init__(self, what: Totals) -> None:
        self.what, self.case = what, what.case
        ranks = what.order(what.standing)
        self.seats = self.case.method.winners
        self.winners = what.chosen(ranks)
        self.first = [bid for bid, _ in ranks.places[: self.seats + 1]]
        self.field = what.field(what.standing)
        self.stands, self.wins = np.zeros((2, len(self.case.bids)), np.bool_)
        self.stands[list(what.standing)] = True
        self.wins[list(self.winners)] = True
        self.price_marks = what.price_marks(self.field)[1]
        self.best = what.values(self.price_marks)[self.stands].max(initial=0)
        self.missed = what.below.sum(axis=1)
        self.last = what.values(self.price_marks)[self.first[self.seats - 1]] if len(self.first) >= self.seats else 0.0
        self.without: dict[int, tuple[int, ...]] = {}
        self.others: dict[int, Ranks] = {}

    def found(self) -> Iterator[Flip]:
        for index, part in enumerate(self.case.parts):
            if part.combine == "agreed" and part.counts:
                moves = [(bid, step) for step in (-1, 1) for bid in self._candidates(index, step)]
                for bid, step in sorted(moves):
                    yield from self._moved(bid, index, step)

    def _candidates(self, index: int, step: int) -> list[int]:
        """Return the bids whose move by one step could change anything."""
        what = self.what
        steps = what.sums[:, index] + step
        within = (steps >= 0) & (steps <= self.case.parts[index].scale.steps)
        values = what.values(self.price_marks, step * what.form.factors[index] / what.form.denominator)
        matters = self.wins | (values >= self.last - CLOSE * self.best)
        after = self._stands_after(index, step)
        found: list[int] = np.flatnonzero(within & ((self.stands != after) | (self.stands & matters))).tolist()
        return found

    def _stands_after(self, index: int, step: int) -> Any:
        what = self.what
        fails = what.sums[:, index] + step < what.least.get(index, 0)
        return (self.missed - what.below[:, index] + fails == 0) & ~what.over_ceiling

    def _moved(self, bid: int, index: int, step: int) -> Iterator[Flip]:
        part = self.case.parts[index]
        steps = int(self.what.sums[bid, index]) + step
        if not self._stands_after(index, step)[bid]:
            effect, winners = "eliminates", self._eliminated(bid)
        elif not self.stands[bid]:
            effect, winners = "reinstates", self._reinstated(bid, index, steps)
        else:
            effect, winners = "changes_winner", self._still_standing(bid, index, steps)
            if winners == self.winners:
                return
        before, after = part.scale.score(steps - step), part.scale.score(steps)
        yield Flip(part.panel, self.case.bids[bid], part.criterion, before, after, effect, self.what.names(winners))

    def _row(self, bid: int, index: int, steps: int) -> list[int]:
        row = self.what.row(bid)
        row[index] = steps
        return row

    def _still_standing(self, bid: int, index: int, steps: int) -> tuple[int, ...]:
        what = self.what
        value = self._value(bid, what.quality_of(self._row(bid, index, steps)))
        rivals = [rival for rival in self.first if rival != bid]
        if len(rivals) < self.seats:
            return self.winners
        last = self._value(rivals[self.seats - 1])
        if value == last:
            return what.chosen(what.order(what.standing, {bid: self._row(bid, index, steps)}))
        if value > last:  # everybody else with more than that has one of the other places already
            others = self._ranks_without(bid).within(self.seats - 1) if self.seats > 1 else ()
            return tuple(sorted((bid, *others)))
        return self.winners if bid not in self.winners else what.chosen(self._ranks_without(bid))

    def _value(self, bid: int, quality: int | None = None) -> Fraction:
        return self.what.value(bid, self.what.total(bid, self.field, quality))

    def _ranks_without(self, bid: int) -> Ranks:
        """Return the ranks of the others among themselves while the bid stands, so that no relative price moves."""
        if bid not in self.others:
            others = [rival for rival in self.what.standing if rival != bid]
            self.others[bid] = self.what.order(others, among=self.what.standing)
        return self.others[bid]

    def _eliminated(self, bid: int) -> tuple[int, ...]:
        if bid not in self.without:
            rivals = (rival for rival in self.what.standing if rival != bid)
            self.without[bid] = self.what.chosen(self.what.order(rivals))
        return self.without[bid]

    def _reinstated(self, bid: int, index: int, steps: int) -> tuple[int, ...]:
        standing = sorted((*self.what.standing, bid))
        return self.what.chosen(self.what.order(standing, {bid: self._row(bid, index, steps)}))
