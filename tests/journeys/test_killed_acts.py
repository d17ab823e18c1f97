"""Acts of two people, and a receipt, while a part of the portal is killed in their middle: each happens once (K-02)."""

from __future__ import annotations

import random

import pytest

from tests.journeys import killing

pytestmark = [pytest.mark.journey, pytest.mark.long]

PAIRS = (
    (killing.publishing_an_answer, "worker"),
    (killing.publishing_a_change, "postgres"),
    (killing.submitting_a_bid, "web"),
    (killing.confirming_a_bid, "redis"),
    (killing.admitting_what_came_late, "worker"),
    (killing.opening_the_bids, "postgres"),
    (killing.drawing_a_lot, "redis"),
    (killing.cancelling, "web"),
    (killing.ending_without_an_award, "worker"),
    (killing.setting_an_award_aside, "postgres"),
)
"""Which part dies in the middle of which act; every act with every part is benchmarks/kills.py.

In turns: what dies again and again is started again later and later.
"""


def test_every_act_happens_once_whatever_is_killed(cheap_passwords: None) -> None:
    """Each has one entry in the ledger, which verifies; whoever is to be told is told once all is back."""
    chance = random.Random(20261126)
    with killing.killed_portal() as killed:
        killed.check([killed.perform(made, victim, chance) for made, victim in PAIRS])


def test_every_act_and_every_part_is_among_the_pairs() -> None:
    """An act that is added is killed here, too, and each part dies at least twice."""
    assert {made for made, _ in PAIRS} == set(killing.ACTS)
    victims = [victim for _, victim in PAIRS]
    assert all(victims.count(victim) >= 2 for victim in killing.VICTIMS)
