"""What the frozen method says about panels: which questions each one scores, on which scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.core.errors import InvalidInput
from portal.core.parsing.figures import read_figure
from portal.tendering.models import AwardCriterion, Question, Scale, ScaleBand

LONGEST_HEADLINE = 20
"""Characters that fit under a face: six faces stand beside what they are about on a phone."""


@dataclass(frozen=True)
class Leaf:
    """A scored question as a panel sees it: the criterion, its scale, what bidders were asked."""

    criterion: AwardCriterion
    scale: Scale
    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        """The criterion's key in the method."""
        return self.criterion.key


@dataclass(frozen=True)
class Point:
    """One point of a scale, with the published words where it has any."""

    score: Decimal
    label: str
    descriptor: str
    plain_words: str

    @property
    def plain_label(self) -> str:
        """What stands under a face: the first sentence of the plain words where it is short, else the label."""
        return self._headline[0]

    @property
    def plain_meaning(self) -> str:
        """The rest of the plain words; all of them where the first sentence is too long for a headline."""
        return self._headline[1]

    @property
    def _headline(self) -> tuple[str, str]:
        first, rest = self._sentences
        if len(first) <= LONGEST_HEADLINE:
            return first, rest
        return (self.label if len(self.label) <= LONGEST_HEADLINE else ""), self.plain_words or self.label

    @property
    def _sentences(self) -> tuple[str, str]:
        first, mark, rest = (self.plain_words or self.label).partition(". ")
        return (first if mark else first.rstrip(".")), rest


def scored_keys(method: Mapping[str, Any], panel_key: str) -> list[str]:
    """The keys of the leaves that the panel scores, in tree order."""
    return [key for key, panels in scored_leaves(method) if panel_key in panels]


def scored_leaves(method: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Every scored leaf's key with the keys of the panels that score it, in tree order; no price."""
    return _walk(method["criteria"])


def _walk(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, frozenset[str]]]:
    for node in nodes:
        if "children" in node:
            yield from _walk(node["children"])
        elif "panel" in node:
            yield node["id"], frozenset({node["panel"]})
        elif "panels" in node:
            yield node["id"], frozenset(node["panels"])


def points(scale: Scale) -> list[Point]:
    """Every point of the scale from the lowest to the highest, described where the method describes it."""
    bands: dict[Decimal, ScaleBand] = {band.score: band for band in scale.bands}
    found, score = [], scale.minimum
    while score <= scale.maximum:
        band = bands.get(score)
        described = (band.label, band.descriptor, band.plain_words) if band else ("", "", "")
        found.append(Point(plain(score), *described))
        score += scale.step
    return found


def plain(score: Decimal) -> Decimal:
    """The same number without superfluous zeros: 4.000 is 4, and 0E+1 never appears."""
    return score.to_integral_value() if score == score.to_integral_value() else score.normalize()


def read_score(typed: str | Decimal, scale: Scale, *, field: str) -> Decimal:
    """Read a score and check that it is on the published scale; raises `InvalidInput` beside `field`.

    An agreed score between two points would be one that was never published (Bromcom v United Learning Trust
    [2022] EWHC 3262 (TCC)).
    """
    message = (
        f"Choose a score on the published scale: {plain(scale.minimum)} to {plain(scale.maximum)}"
        f" in steps of {plain(scale.step)}."
    )
    try:
        score = read_figure(str(typed), field=field)
    except InvalidInput as unreadable:
        raise InvalidInput(message, field=field) from unreadable
    if score is None or not scale.minimum <= score <= scale.maximum:
        raise InvalidInput(message, field=field)
    if (score - scale.minimum) % scale.step != 0:
        raise InvalidInput(message, field=field)
    return plain(score)
