"""How severe, how spread and how much in agreement the members of a panel were.

All three use a score's position between the ends of its scale, 0 to 1, so that criteria with different
scales can be put together. None of them says that anybody is wrong; they say where to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, sqrt
from typing import Any

from tender_scoring.case import Case
from tender_scoring.rounding import exact, half_up

ALPHA_SOURCE = (
    "Krippendorff's alpha with the interval metric: K. Krippendorff, Computing Krippendorff's "
    "Alpha-Reliability, University of Pennsylvania, 2011"
)

Units = Mapping[tuple[int, int], Mapping[str, int]]
"""Positions over a common denominator, by (bid, part) and member."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member's habits.

    `severity` is the mean of the member's position less the mean of the other members' on the same cell
    (above 0 is generous), None where nobody else scored; `spread` the standard deviation of the positions.
    """

    panel: str
    member: str
    scores: int
    severity: Fraction | None
    spread: float

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        severity = None
        if self.severity is not None:
            severity = {"exact": exact(self.severity), "shown": half_up(self.severity, 4)}
        return {
            "panel": self.panel,
            "member": self.member,
            "scores": self.scores,
            "severity": severity,
            "spread": f"{self.spread:.4f}",
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha of a panel: 1 is perfect agreement, 0 what chance would give.

    None where fewer than two members scored a cell, or where every score is the same.
    """

    panel: str
    alpha: Fraction | None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values, with the source of the statistic."""
        alpha = None if self.alpha is None else {"exact": exact(self.alpha), "shown": half_up(self.alpha, 4)}
        return {"panel": self.panel, "alpha": alpha, "statistic": ALPHA_SOURCE}


def units_by_panel(case: Case) -> dict[str, tuple[Units, int]]:
    """Return every member's positions and their common denominator, by panel with individual scores."""
    common: dict[str, int] = {}
    for part in case.parts:
        common[part.panel] = lcm(common.get(part.panel, 1), part.scale.steps)
    steps = [common[part.panel] // part.scale.steps for part in case.parts]
    units: dict[str, dict[tuple[int, int], dict[str, int]]] = {}
    entries = case.individual
    for bid, index, member, score in zip(
        entries.bids.tolist(), entries.parts.tolist(), entries.members, entries.steps, strict=True
    ):
        of_panel = units.setdefault(case.parts[index].panel, {})
        of_panel.setdefault((bid, index), {})[member or ""] = score * steps[index]
    return {panel: (units[panel], common[panel]) for panel in sorted(units)}


def krippendorff_alpha(units: Units) -> Fraction | None:
    """Return Krippendorff's alpha with the interval metric, exactly; units with one value are left out.

    >>> krippendorff_alpha({(0, 0): {"a": 1, "b": 1}, (1, 0): {"a": 2, "b": 3}})
    Fraction(8, 11)
    """
    paired = [list(values.values()) for values in units.values() if len(values) > 1]
    every = [value for values in paired for value in values]
    expected = _squared_differences(every)
    if expected == 0:
        return None
    observed = sum((Fraction(_squared_differences(values), len(values) - 1) for values in paired), Fraction(0))
    return 1 - observed * (len(every) - 1) / expected


def _squared_differences(values: list[int]) -> int:
    """Return the sum of (a - b)**2 over all ordered pairs."""
    return 2 * (len(values) * sum(value * value for value in values) - sum(values) ** 2)


def agreement(case: Case) -> tuple[Agreement, ...]:
    """Return the agreement between the members of every panel with individual scores, by panel."""
    panels = units_by_panel(case).items()
    return tuple(Agreement(panel, krippendorff_alpha(units)) for panel, (units, _) in panels)


def members(case: Case) -> tuple[Member, ...]:
    """Return the severity and the spread of every member with individual scores, by panel and member."""
    found: list[Member] = []
    for panel, (units, common) in units_by_panel(case).items():
        names = sorted({name for values in units.values() for name in values})
        positions: dict[str, list[int]] = {name: [] for name in names}
        # a member's differences from the others, summed by how many scored the cell, to stay with integers
        differences: dict[str, dict[int, int]] = {name: {} for name in names}
        compared: dict[str, int] = dict.fromkeys(names, 0)
        for values in units.values():
            count, total = len(values), sum(values.values())
            for name, value in values.items():
                positions[name].append(value)
                if count > 1:
                    by_count = differences[name]
                    by_count[count] = by_count.get(count, 0) + count * value - total
                    compared[name] += 1
        for name in names:
            summed = sum((Fraction(total, count - 1) for count, total in differences[name].items()), Fraction(0))
            severity = summed / (compared[name] * common) if compared[name] else None
            found.append(Member(panel, name, len(positions[name]), severity, _deviation(positions[name], common)))
    return tuple(found)


def _deviation(positions: list[int], common: int) -> float:
    variance = Fraction(_squared_differences(positions), 2 * len(positions) ** 2)
    return sqrt(variance / common**2)
