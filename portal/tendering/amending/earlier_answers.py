"""What an answer counts as that was given before addenda changed its question, and not confirmed since."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core.words import listed
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.states import EarlierAnswers


def mark_of(numbers: Sequence[int]) -> str:
    """The mark of a bid that was opened without being confirmed after those addenda; "" for every other."""
    return f"Answered before {listed([f'change {number}' for number in numbers])}" if numbers else ""


def stands(changes: Sequence[MethodChange]) -> bool:
    """Whether it counts: none of the addenda says that it does not."""
    rules = {each.addendum.earlier_answers for each in changes if each.addendum}
    return EarlierAnswers.NOT_GIVEN not in rules


def before_in_words(changes: Sequence[MethodChange]) -> str:
    """Why an answer is marked, as whoever reads the bid is told; `changes` are those of its question."""
    numbers = listed([f"change {each.addendum.number}" for each in changes if each.addendum])
    if changes[0].before is None:
        return f"This bid was sent before {numbers}, which asked this for the first time."
    if stands(changes):
        return f"Answered before {numbers} of this question. The answer stands."
    return f"Answered before {numbers} of this question. The answer does not count."
