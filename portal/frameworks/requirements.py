"""What each part of a framework must satisfy besides its law (terms.py): one function a rule.

The same functions run when a part is saved and again, all of them, before it goes live (checking.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from portal.core.errors import InvalidInput
from portal.core.numbers import plain
from portal.core.parsing.text import has_text, length, one_line
from portal.frameworks.models import FrameworkCriterion
from portal.regulation.cpv import require_known

CENTRAL_REFERENCE = re.compile(r"[0-9]{6,}-[0-9]{4}")
LARGEST_VALUE = Decimal(10) ** 12
MOST_LOTS = 50
MOST_BANDS = 30
LONGEST_WORD = 120
"""Characters of an area, a placement type or a banding's title."""


def require_codes_among(codes: Iterable[str], parent: Collection[str]) -> list[str]:
    """Read a lot's CPV codes: some of the whole's, so that a lot never changes what law binds it."""
    read = list(require_known(codes, parent, field="cpv_codes")) if parent else []
    if not read:
        raise InvalidInput("Say what is bought first: the CPV codes of a lot are some of the whole’s.")
    return read


def require_value(value: Decimal | None, field: str = "estimated_value") -> None:
    """Refuse a value in pounds that is missing, not above zero, or too large."""
    if value is None:
        raise InvalidInput(
            "Give the estimated value of all call-offs together in pounds, such as 40,000,000.", field=field
        )
    if not 0 < value < LARGEST_VALUE:
        raise InvalidInput("The value must be more than £0 and less than £1,000,000,000,000.", field=field)


def require_words(words: Sequence[str], field: str) -> list[str]:
    """Read a list of areas, placement types or the like: each once, none too long."""
    kept = [one_line(word) for word in words if has_text(word)]
    for word in kept:
        if length(word) > LONGEST_WORD:
            raise InvalidInput(f"Use at most {LONGEST_WORD} characters in each line.", field=field)
    doubled = [word for place, word in enumerate(kept) if word.casefold() in {w.casefold() for w in kept[:place]}]
    if doubled:
        raise InvalidInput(f"“{doubled[0]}” is there twice.", field=field)
    return kept


def require_publication(reference: str | None, reason: str) -> None:
    """Refuse to go live without the notice's reference on the central platform, or the reason why there is none.

    PA2023 s.39 (dynamic markets), s.21 (frameworks); PR24 reg 5(11): not here before it is there.
    """
    if reference:
        if not CENTRAL_REFERENCE.fullmatch(reference):
            raise InvalidInput(
                "Give the reference of the notice on Find a Tender: at least six digits, a hyphen and the year, such "
                "as 012345-2026.",
                field="publication_reference",
            )
    elif not has_text(reason):
        raise InvalidInput(
            "Give the reference of the notice on Find a Tender, or say why there is none.",
            field="publication_reference",
        )


def require_weights(lowest: Decimal | None, highest: Decimal | None) -> None:
    """Refuse a range of weights (per cent) that is none (PCR2015 reg 67(9)-(10); PA2023 s.23)."""
    if lowest is None or not 0 <= lowest <= 100:
        raise InvalidInput("Give the lowest weight, between 0 and 100 per cent.", field="lowest_weight")
    if highest is None or not 0 < highest <= 100:
        raise InvalidInput("Give the highest weight, more than 0 and at most 100 per cent.", field="highest_weight")
    if lowest > highest:
        raise InvalidInput("The highest weight must not be below the lowest.", field="highest_weight")


def weights_fault(criteria: Sequence[FrameworkCriterion]) -> str | None:
    """Say why no call-off could give these criteria weights that come to 100, or None."""
    low = sum((criterion.lowest_weight for criterion in criteria), Decimal(0))
    high = sum((criterion.highest_weight for criterion in criteria), Decimal(0))
    if low > 100:
        return f"The lowest weights come to {plain(low)}: no call-off could keep within 100."
    if high < 100:
        return f"The highest weights come to {plain(high)}: no call-off could reach 100."
    return None
