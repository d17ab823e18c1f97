"""At which weight of a panel the winner changes, exactly: who of the bids is awarded one of the places.

With a panel's share of all marks at `w` instead of the published `w0`, and everything else scaled by
(1-w)/(1-w0), every total is a straight line in `w`; the winner changes where the line of a bid that is out first
crosses that of one that is in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from tender_scoring.method import HUNDRED
from tender_scoring.prices import PriceField
from tender_scoring.rounding import exact, half_up
from tender_scoring.totals import Totals

Lines = Mapping[int, tuple[Fraction, Fraction]]
Line = tuple[int, int]
Bids = frozenset[int]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of all marks, 0 to 1, beyond which `bids` are in instead of others (or part from one they tied with)."""

    weight: Fraction
    bids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the threshold as JSON values."""
        return {"exact": exact(self.weight), "shown": half_up(self.weight, 4), "bids": list(self.bids)}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The `bids` that would be chosen at every share between `start` and `end`; at an end itself some are tied."""

    start: Fraction
    end: Fraction
    bids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the stretch as JSON values."""
        ends = {"from": self.start, "to": self.end}
        shown = {name: {"exact": exact(end), "shown": half_up(end, 4)} for name, end in ends.items()}
        return {**shown, "bids": list(self.bids)}


@dataclass(frozen=True, slots=True)
class DecisiveWeight:
    """A counting panel's share of all marks, and the nearest shares at which the winner changes, or None.

    `stretches` say who would be chosen at every share from 0 to 1; none for a panel that gives no marks, or all.
    """

    panel: str
    share: Fraction
    below: Threshold | None
    above: Threshold | None
    stretches: tuple[Stretch, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "panel": self.panel,
            "share": {"exact": exact(self.share), "shown": half_up(self.share, 4)},
            "below": self.below.to_dict() if self.below else None,
            "above": self.above.to_dict() if self.above else None,
            "stretches": [stretch.to_dict() for stretch in self.stretches],
        }


def decisive_weights(what: Totals) -> tuple[DecisiveWeight, ...]:
    """Return the decisive weights of every counting panel, in the order of their ids."""
    panels = what.case.method.panels
    return tuple(_decisive(what, name) for name, panel in sorted(panels.items()) if panel.counts)


def _decisive(what: Totals, panel: str) -> DecisiveWeight:
    share = sum((part.marks for part in what.case.parts if part.panel == panel), Fraction(0)) / HUNDRED
    if not 0 < share < 1 or not what.standing:
        return DecisiveWeight(panel, share, None, None)
    field = what.field(what.standing)
    lines = {bid: _line(what, bid, panel, share, field) for bid in what.standing}
    at_zero = {bid: (value - slope * share, slope) for bid, (value, slope) in lines.items()}
    stretches = list(_stretches(at_zero, what.case.method.winners))
    chosen = frozenset(what.chosen(what.order(what.standing)))
    lower = [(end, bids) for _, end, bids in stretches if end <= share and bids != chosen]
    higher = [(start, bids) for start, _, bids in stretches if start >= share and bids != chosen]
    return DecisiveWeight(
        panel,
        share,
        _threshold(what, chosen, lower[-1:]),
        _threshold(what, chosen, higher[:1]),
        tuple(Stretch(start, end, what.names(sorted(bids))) for start, end, bids in stretches),
    )


def _threshold(what: Totals, chosen: Bids, nearest: Sequence[tuple[Fraction, Bids]]) -> Threshold | None:
    """Return the share at which others are chosen, and who of them comes in, or else goes out of a tie."""
    for weight, bids in nearest:
        return Threshold(weight, what.names(sorted(bids - chosen or chosen - bids)))
    return None


def _stretches(lines: Lines, places: int) -> Iterator[tuple[Fraction, Fraction, Bids]]:
    """Yield from which share to which who is chosen, from 0 to 1; `lines` are each bid's value at 0 and its slope."""
    # Over one denominator everything that is compared is a whole number, which costs a fiftieth of a fraction.
    scale = lcm(*(part.denominator for line in lines.values() for part in line))
    whole = {bid: (int(value * scale), int(slope * scale)) for bid, (value, slope) in lines.items()}
    start = Fraction(0)
    while start < 1:
        at, of = start.numerator, start.denominator
        # A little beyond the start the steeper of two equal lines is higher.
        beyond = {bid: (value * of + slope * at, slope) for bid, (value, slope) in whole.items()}
        least = sorted(beyond.values(), reverse=True)[:places][-1]
        chosen = frozenset(bid for bid, line in beyond.items() if line >= least)
        inside, outside = {beyond[bid] for bid in chosen}, {line for line in beyond.values() if line < least}
        # Bids whose lines are one tie for the last place everywhere: whoever falls behind these is out.
        rising = outside | {least} if len(chosen) > places else outside
        ahead, closing = _first_crossing(inside, rising, start)
        end = start + Fraction(ahead, closing * of)
        yield start, end, chosen
        start = end


def _first_crossing(inside: Iterable[Line], rising: Iterable[Line], start: Fraction) -> Line:
    """How far ahead of the start, as a quotient, the first line from below meets one of those inside; at most to 1.

    Lines are their value at the start, times its denominator, and their slope.
    """
    ahead, closing = start.denominator - start.numerator, 1
    for value, slope in inside:
        for other, steeper in rising:
            if steeper > slope and (value - other) * closing < ahead * (steeper - slope):
                ahead, closing = value - other, steeper - slope
    return ahead, closing


def _line(what: Totals, bid: int, panel: str, share: Fraction, field: PriceField | None) -> tuple[Fraction, Fraction]:
    """Return the value that ranks a bid at the published share, and its slope in the share."""
    sums = what.row(bid)
    whole = sum(
        what.form.constants[index] + what.form.factors[index] * sums[index]
        for index, part in enumerate(what.case.parts)
        if part.panel == panel
    )
    given, total = Fraction(whole, what.form.denominator), what.total(bid, field)
    slope = given / share - (total - given) / (1 - share)
    return what.value(bid, total), what.value(bid, slope)
