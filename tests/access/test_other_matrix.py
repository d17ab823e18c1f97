"""The access matrix of another authority’s people: nothing of it exists for them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask

from portal.core.permissions import policy
from portal.scenarios.matrix_people import SOUTH_PEOPLE
from tests.access.walk import Answered, walk, wrong

pytestmark = pytest.mark.long

OTHERS = {part.name for part in SOUTH_PEOPLE.parts}


@pytest.fixture(scope="module")
def walked(matrix: Flask) -> list[Answered]:
    """What the people of the second authority are answered: each at one thing of each object, in another state each.

    Whether a thing exists for somebody does not depend on its state; in which states who may what is the own matrix.
    """
    return walk(matrix, lambda person: person.name in OTHERS, by_turns=True)


def test_others_are_answered_as_the_policy_says(walked: Sequence[Answered]) -> None:
    """Everywhere 404, or 403 where their role would not do, but for what is everybody's to check."""
    assert list(wrong(policy.rows(), walked)) == []
