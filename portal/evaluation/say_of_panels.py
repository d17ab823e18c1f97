"""Who would be chosen if a panel had more or fewer of the marks, as a chart draws it and a table lists it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portal.evaluation.explaining import Names, share


@dataclass(frozen=True)
class Stretches:
    """What one panel's share of the marks decides; widths and the published share in per cent."""

    panel: str
    at: float
    now: str
    parts: Sequence[Mapping[str, Any]]
    """`label` who would be chosen, `value` the width, `tone` the same for the same bids."""
    rows: Sequence[Sequence[str]]
    """From which share to which, and who would be chosen."""


def stretches_of(entry: Mapping[str, Any], names: Names) -> Stretches:
    """The stretches of one panel, of the diagnostics that were stored with a result."""
    tones: dict[tuple[str, ...], int] = {}
    parts = []
    for stretch in entry["stretches"]:
        bids = tuple(stretch["bids"])
        width = Fraction(stretch["to"]["exact"]) - Fraction(stretch["from"]["exact"])
        tone = tones.setdefault(bids, len(tones))
        parts.append({"label": names.several(bids), "value": float(width * 100), "tone": tone})
    rows = [
        [f"{share(stretch['from'])} to {share(stretch['to'])}", names.several(stretch["bids"])]
        for stretch in entry["stretches"]
    ]
    return Stretches(
        names.panel(entry["panel"]), float(Fraction(entry["share"]["exact"]) * 100), share(entry["share"]), parts, rows
    )


def stretches_in_words(entry: Mapping[str, Any], names: Names) -> str:
    """Who would be chosen at which share: "0% to 12.5%: Provider 2; 12.5% to 100%: Provider 1."."""
    rows = stretches_of(entry, names).rows if entry.get("stretches") else []
    return "; ".join(": ".join(row) for row in rows) + "." if rows else ""
