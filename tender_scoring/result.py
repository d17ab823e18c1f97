"""The result: exact figures, rounded only where they are printed."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from tender_scoring.collector import paused
from tender_scoring.rounding import half_up


class Step(NamedTuple):
    """One figure of the calculation.

    `id` names it, `rule` says what was done to the `inputs` (exact values, by the id of an earlier step or by
    name), `exact` is the figure as "p/q" and `shown` the same rounded to the published places.
    """

    id: str
    rule: str
    inputs: Mapping[str, str]
    exact: str
    shown: str

    def to_dict(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "id": self.id,
            "rule": self.rule,
            "inputs": self.inputs,
            "exact": self.exact,
            "shown": self.shown,
        }

    def to_json(self) -> str:
        """Return the step as the text that it is within its result's; only names can need quoting."""
        inputs = ",\n    ".join([f'{quoted(name)}: "{value}"' for name, value in self.inputs.items()])
        return (
            f'  {{\n   "id": {quoted(self.id)},\n   "rule": "{self.rule}",\n   "inputs": {{\n    {inputs}\n   }},\n'
            f'   "exact": "{self.exact}",\n   "shown": "{self.shown}"\n  }}'
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A ranked bid. `total`, `marks` (by criterion id) and `panels` (by counting panel) are out of 100.

    `price_per_point` is pounds per mark of quality, where the method ranks by it.
    """

    bid: str
    rank: int
    total: Fraction
    marks: Mapping[str, Fraction]
    panels: Mapping[str, Fraction]
    price_per_point: Fraction | None = None

    def to_dict(self, places: int) -> dict[str, Any]:
        """Return the standing with every figure rounded from its own exact value."""
        printed: dict[str, Any] = {
            "bid": self.bid,
            "rank": self.rank,
            "total": half_up(self.total, places),
            "marks": {name: half_up(marks, places) for name, marks in self.marks.items()},
            "panels": {name: half_up(marks, places) for name, marks in self.panels.items()},
        }
        if self.price_per_point is not None:
            printed["price_per_point"] = half_up(self.price_per_point, places)
        return printed


@dataclass(frozen=True, slots=True)
class BelowMinimum:
    """A bid that a panel put strictly below a published minimum, both on the criterion's scale."""

    bid: str
    criterion: str
    panel: str
    score: Fraction
    minimum: Fraction

    def to_dict(self, places: int) -> dict[str, Any]:
        """Return the elimination with its figures rounded."""
        return {
            "bid": self.bid,
            "criterion": self.criterion,
            "panel": self.panel,
            "score": half_up(self.score, places),
            "minimum": half_up(self.minimum, places),
        }


@dataclass(frozen=True, slots=True)
class AboveCeiling:
    """A bid whose price (pounds) is above the published ceiling of a price criterion."""

    bid: str
    criterion: str
    price: Fraction
    ceiling: Fraction

    def to_dict(self, places: int) -> dict[str, Any]:
        """Return the elimination with its figures rounded."""
        return {
            "bid": self.bid,
            "criterion": self.criterion,
            "price": half_up(self.price, places),
            "ceiling": half_up(self.ceiling, places),
        }


@dataclass(frozen=True, slots=True)
class TieBroken:
    """Bids with equal totals that a published rule told apart: a criterion's id, or lowest_price."""

    bids: tuple[str, ...]
    by: str

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {"bids": list(self.bids), "by": self.by}


@dataclass(frozen=True)
class Result:
    """What the method makes of the case.

    `ranking` has the standing bids in order, tied ones by id; `eliminated` is in tree order; `ties` are what
    the published list left unresolved; `pilots` holds the normalised scores (0 to 1) of panels that do not
    count, by panel, bid and criterion.
    """

    ranking: tuple[Standing, ...]
    eliminated: tuple[BelowMinimum | AboveCeiling, ...]
    ties: tuple[tuple[str, ...], ...]
    tie_broken_by: tuple[TieBroken, ...]
    pilots: Mapping[str, Mapping[str, Mapping[str, Fraction]]]
    method_hash: str
    places: int
    _narrate: Callable[[], Iterator[Step]] = field(repr=False, compare=False)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every intermediate figure in the order of the method, written out when first asked for."""
        with paused():
            return tuple(self._narrate())

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values (the scoring rules, docs/scoring.md section 2)."""
        with paused():
            steps = [step.to_dict() for step in self.steps]
            return self._outcome() | {"steps": steps, "method_hash": self.method_hash}

    def to_json(self) -> str:
        """Return what json.dumps(..., ensure_ascii=False, indent=1) makes of to_dict(), several times as fast.

        A board of 454 bids has 115,000 steps: each is written as it is worked out, and none is kept.
        """
        with paused():
            outcome = json.dumps(self._outcome(), ensure_ascii=False, indent=1).removesuffix("\n}")
            steps = "".join(self.json_steps(1000))
        return f'{outcome},\n "steps": [\n{steps}\n ],\n "method_hash": "{self.method_hash}"\n}}'

    def json_steps(self, at_once: int) -> Iterator[str]:
        """Yield the items of the JSON list of steps, so many in a text; together they are the whole list."""
        steps, between = self._narrate(), ""
        while texts := [step.to_json() for step in islice(steps, at_once)]:
            yield between + ",\n".join(texts)
            between = ",\n"

    def without_steps(self) -> dict[str, Any]:
        """Return the result but its steps as JSON values."""
        return self._outcome() | {"method_hash": self.method_hash}

    def _outcome(self) -> dict[str, Any]:
        return {
            "ranking": [standing.to_dict(self.places) for standing in self.ranking],
            "eliminated": [entry.to_dict(self.places) for entry in self.eliminated],
            "ties": [list(bids) for bids in self.ties],
            "tie_broken_by": [entry.to_dict() for entry in self.tie_broken_by],
            "pilots": self._printed_pilots(),
        }

    def _printed_pilots(self) -> dict[str, Any]:
        return {
            panel: {
                bid: {name: half_up(score, self.places) for name, score in scores.items()}
                for bid, scores in by_bid.items()
            }
            for panel, by_bid in self.pilots.items()
        }
