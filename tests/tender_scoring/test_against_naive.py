"""The engine and the naive second engine agree on random cases."""

import pytest

from tender_scoring import evaluate
from tender_scoring.case_reading import case_from
from tests.tender_scoring import naive
from tests.tender_scoring.drawing import Chance, draw_case


def check(seed):
    """Compare both engines on the case of a seed, and return the result."""
    document = draw_case(Chance(seed))
    case = case_from(document)
    result = evaluate(case)
    printed = result.to_dict()
    printed.pop("steps")
    printed.pop("method_hash")
    assert printed == naive.result(document), f"seed {seed}"
    return result


def test_two_engines_agree_on_random_cases():
    """Four hundred cases agree, with eliminations, ties, broken ties and pilots among them."""
    results = [check(seed) for seed in range(400)]
    assert sum(bool(result.eliminated) for result in results) > 50
    assert sum(bool(result.ties) for result in results) > 20
    assert sum(bool(result.tie_broken_by) for result in results) > 8
    assert sum(any(result.pilots["parents"].values()) for result in results) > 100
    assert sum(not result.ranking for result in results) > 5


@pytest.mark.long
def test_two_engines_agree_on_ten_thousand_random_cases():
    """Ten thousand further cases have the same whole result."""
    for seed in range(10_000, 20_000):
        check(seed)
