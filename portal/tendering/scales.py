"""Draw up the scales that panels score on, with what every point means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.numbers import plain
from portal.core.parsing.text import one_line, tidy
from portal.core.permissions import Actor
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.method_rules import points_of
from portal.tendering.models import InvitationToTender, Scale, ScaleBand
from portal.tendering.naming import new_key

NORMALISE = ("from_zero", "from_minimum")


@dataclass(frozen=True)
class Meaning:
    """What a point of a scale means: a label, a descriptor for bidders and panels, plain words for young people."""

    label: str
    descriptor: str
    plain_words: str


def add_scale(
    *,
    itt: InvitationToTender,
    minimum: Decimal,
    maximum: Decimal,
    step: Decimal,
    normalise: str,
    actor: Actor,
) -> Scale:
    """Add a scale from `minimum` to `maximum` by `step`, with a point for each score, still without words.

    `normalise` says how a score becomes a share of the marks: `from_zero` score/maximum, `from_minimum`
    (score - minimum)/(maximum - minimum). Raises `InvalidInput` beside `minimum`, `maximum`, `step` or
    `normalise`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    scale = Scale(bands=[])
    _draw(itt, scale, minimum, maximum, step, normalise)
    itt.scales.append(scale)
    db.session.flush()
    record_change(itt, actor, Task.SCALES, scale=scale.key)
    return scale


def change_scale(
    *,
    itt: InvitationToTender,
    scale: Scale,
    minimum: Decimal,
    maximum: Decimal,
    step: Decimal,
    normalise: str,
    actor: Actor,
) -> None:
    """Change a scale's range; points that stay keep their words. Raises as `add_scale`. Records ITT_CHANGED."""
    begin_change(itt, actor)
    _draw(itt, scale, minimum, maximum, step, normalise)
    db.session.flush()
    record_change(itt, actor, Task.SCALES, scale=scale.key)


def describe_points(
    *, itt: InvitationToTender, scale: Scale, meanings: Mapping[Decimal, Meaning], actor: Actor
) -> None:
    """Say what the points of a scale mean, by score. Records ITT_CHANGED."""
    begin_change(itt, actor)
    for band in scale.bands:
        meaning = meanings.get(band.score)
        if meaning is not None:
            band.label, band.descriptor = one_line(meaning.label), tidy(meaning.descriptor)
            band.plain_words = tidy(meaning.plain_words)
    record_change(itt, actor, Task.SCALES, scale=scale.key)


def remove_scale(*, itt: InvitationToTender, scale: Scale, actor: Actor) -> None:
    """Remove a scale that no criterion uses. Raises `InvalidInput` while one does. Records ITT_CHANGED."""
    begin_change(itt, actor)
    using = [node.title for node in itt.criteria if node.scale_id == scale.id]
    if using:
        raise InvalidInput(f"“{using[0]}” is scored on this scale. Give it another scale first.")
    itt.scales.remove(scale)
    db.session.flush()
    record_change(itt, actor, Task.SCALES, removed=scale.key)


def _draw(
    itt: InvitationToTender, scale: Scale, minimum: Decimal, maximum: Decimal, step: Decimal, normalise: str
) -> None:
    points = points_of(minimum, maximum, step)
    if normalise not in NORMALISE:
        raise InvalidInput("Choose how a score becomes a share of the marks.", field="normalise")
    others = {other.key for other in itt.scales if other is not scale}
    scale.key = new_key(f"{plain(minimum)}-{plain(maximum)}", others, otherwise="scale")
    scale.minimum, scale.maximum, scale.step, scale.normalise = minimum, maximum, step, normalise
    kept = {band.score: band for band in scale.bands}
    scale.bands = [
        kept.get(point) or ScaleBand(score=point, label="", descriptor="", plain_words="") for point in points
    ]
