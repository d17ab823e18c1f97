"""At which weight of a panel the winner changes, exactly: who of the bids is awarded one of the places.

With a panel's share of all marks at `w` instead of the published `w0`, and everything else scaled by
(1-w)/(1-w0), every total is a straight line in `w`; the winner changes where the line of a bid that is out first
crosses that of one that is in.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tender_scoring.method import HUNDRED
from tender_scoring.prices import PriceField
from tender_scoring.ranking import Ranks
from tender_scoring.rounding import exact, half_up
from tender_scoring.totals import Totals


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of all marks, 0 to 1, beyond which `bids` are in instead of others (or part from one they tied with)."""

    weight: Fraction
    bids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the threshold as JSON values."""
        return {"exact": exact(self.weight), "shown": half_up(self.weight, 4), "bids": list(self.bids)}


@dataclass(frozen=True, slots=True)
class DecisiveWeight:
    """A counting panel's share of all marks, and the nearest shares at which the winner changes, or None."""

    panel: str
    share: Fraction
    below: Threshold | None
    above: Threshold | None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "panel": self.panel,
            "share": {"exact": exact(self.share), "shown": half_up(self.share, 4)},
            "below": self.below.to_dict() if self.below else None,
            "above": self.above.to_dict() if self.above else None,
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
    ranks = what.order(what.standing)
    winners = what.chosen(ranks)
    below: dict[int, Fraction] = {}
    above: dict[int, Fraction] = {}
    if len(winners) > what.case.method.winners:  # tied now: any other weight tells them apart
        tied = max((tie for tie in ranks.ties if set(tie) <= set(winners)), key=lambda tie: _place(ranks, tie[0]))
        for bid in tied[1:]:
            if lines[bid][1] != lines[tied[0]][1]:
                below[bid] = above[bid] = share
    outside = [line for line in lines.items() if line[0] not in winners]
    for value, slope in {lines[bid] for bid in winners}:
        for bid, (other, steeper) in outside:
            gain = steeper - slope
            if gain > 0 and (crossing := share - (other - value) / gain) < 1:
                above[bid] = min(crossing, above.get(bid, crossing))
            elif gain < 0 and (crossing := share - (other - value) / gain) > 0:
                below[bid] = max(crossing, below.get(bid, crossing))
    return DecisiveWeight(panel, share, _nearest(what, below, max), _nearest(what, above, min))


def _place(ranks: Ranks, bid: int) -> int:
    return dict(ranks.places)[bid]


def _nearest(what: Totals, crossings: dict[int, Fraction], choose: Any) -> Threshold | None:
    if not crossings:
        return None
    weight: Fraction = choose(crossings.values())
    return Threshold(weight, what.names(bid for bid, crossing in sorted(crossings.items()) if crossing == weight))


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
