"""What an invitation asks of its bidders together, against what it is worth."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portal.core.words import counted, pounds
from portal.tendering.models import InvitationToTender

WORDS_AN_HOUR = 100
"""Written, read by colleagues, put right. An estimate, as the figures below are: no law has them."""
HOURS_A_FILE = 1
POUNDS_AN_HOUR = 35
BIDDERS = 5
MOST_OF_THE_VALUE = Decimal("0.02")
"""The share of the value above which a warning is due."""


@dataclass(frozen=True)
class Effort:
    """What the fullest bid for one lot writes and attaches."""

    words: int
    files: int

    @property
    def hours(self) -> int:
        """How long one bidder works on it."""
        return self.words // WORDS_AN_HOUR + self.files * HOURS_A_FILE

    @property
    def cost(self) -> int:
        """What it costs all expected bidders together, in pounds."""
        return self.hours * POUNDS_AN_HOUR * BIDDERS


def effort_of(itt: InvitationToTender) -> Effort:
    """What the bid for the lot that asks for most writes and attaches."""
    return max((_asked_for(itt, lot.id) for lot in itt.lots), key=lambda effort: effort.hours)


def effort_warnings(itt: InvitationToTender) -> Iterator[str]:
    """Say where bidders would spend more on bidding than is proportionate (Procurement Act 2023 s.12(4))."""
    effort, value = effort_of(itt), itt.estimated_value
    if value is None or effort.cost <= value * MOST_OF_THE_VALUE:
        return
    yield (
        f"A bid has up to {counted(effort.words, 'word')} and {counted(effort.files, 'document')}: about "
        f"{counted(effort.hours, 'hour')} of work. For {BIDDERS} bidders that is about {pounds(effort.cost)}, "
        f"{float(effort.cost / value):.0%} of the value. Small providers may not be able to afford it: ask for less."
    )


def _asked_for(itt: InvitationToTender, lot_id: uuid.UUID) -> Effort:
    asked = [question.asked for question in itt.questions if question.is_asked_for(lot_id)]
    words = sum(one.most_words for one in asked)
    return Effort(words, sum(one.kind.takes_files for one in asked))
