"""What is a reason for a score: words of one's own, of this bid, and not those that stand elsewhere as well."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from portal.core.errors import InvalidInput
from portal.core.parsing.text import require_reason
from portal.tendering.models import Scale

LONGEST_REASON = 4000

Place = TypeVar("Place")


def reason_for_score(typed: str, scale: Scale, *, ask: str, field: str) -> str:
    """The reason for a score on the scale, tidied. Raises `InvalidInput` for what is no reason.

    A descriptor is no reason for itself (Woods v Milton Keynes [2015] EWHC 2011 (TCC)).
    """
    words = require_reason(typed, ask, field=field, most=LONGEST_REASON)
    published = {bare(text) for band in scale.bands for text in (band.label, band.descriptor, band.plain_words)}
    if bare(words) in published:
        raise InvalidInput(f"{ask}. These are the scale’s own words.", field=field)
    return words


def copied(reasons: Mapping[Place, str]) -> list[list[Place]]:
    """The places that have one and the same reason, whatever its case and punctuation; one list a reason."""
    places: dict[str, list[Place]] = defaultdict(list)
    for place, reason in reasons.items():
        places[bare(reason)].append(place)
    return [found for words, found in places.items() if words and len(found) > 1]


def bare(text: str) -> str:
    """The words of a text alone, to compare it with another."""
    return " ".join(re.findall(r"\w+", text.casefold()))
