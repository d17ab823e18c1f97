"""What keeps an award from being proposed and decided: each rule in one list, with what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from portal.core.drafts import refusal_of
from portal.core.errors import WrongState
from portal.evaluation.second_look import look_faults
from portal.judging.queries import require_all_judged, require_ready
from portal.tendering.interests.queries import interest_faults
from portal.tendering.models import InvitationToTender, Lot


class Obstacle(NamedTuple):
    """What is in the way, in words, and what it is about (bidders, interests, marks): a page of each mends it."""

    words: str
    about: str


def _checked(itt: InvitationToTender, lot: Lot) -> Iterator[str]:
    return refusal_of(lambda: require_ready(itt, lot))


def _judged(itt: InvitationToTender, lot: Lot) -> Iterator[str]:
    return refusal_of(lambda: require_all_judged(itt, lot))


def _looked_again(_: InvitationToTender, lot: Lot) -> Iterator[str]:
    return look_faults(lot)


Checks = Sequence[tuple[str, Callable[[InvitationToTender, Lot], Iterator[str]]]]
_PROPOSING: Checks = (("bidders", _checked), ("interests", interest_faults), ("marks", _looked_again))
_DECIDING: Checks = (("bidders", _judged), ("interests", interest_faults))
"""Bidders are checked against the debarment list of the day on which the award was proposed."""


def obstacles_to(itt: InvitationToTender, lot: Lot, *, deciding: bool = False) -> list[Obstacle]:
    """Everything that is in the way of proposing the award of the lot; `deciding`: of deciding it."""
    checks = _DECIDING if deciding else _PROPOSING
    return [Obstacle(words, about) for about, check in checks for words in check(itt, lot)]


def require_no_obstacle(itt: InvitationToTender, lot: Lot, *, deciding: bool = False) -> None:
    """Raise `WrongState` with everything that is in the way."""
    if found := obstacles_to(itt, lot, deciding=deciding):
        raise WrongState(" ".join(one.words for one in found))
