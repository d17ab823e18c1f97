"""The price formulas at their edges."""

from fractions import Fraction

import pytest

from tender_scoring.prices import FORMULAS, Banded, Benchmark, MinMax, PriceField

BANDS = tuple((Fraction(limit), Fraction(marks)) for limit, marks in [(5, 100), (15, 80), (30, 60), (50, 40)])
PARAMETERS = {Benchmark: (Fraction(60), Fraction(160)), Banded: (BANDS,)}
ALL = [formula(*PARAMETERS.get(formula, ())) for formula in FORMULAS.values()]


def shares(formula, *prices):
    """Return the share of the marks of every price among these."""
    known = [Fraction(price) for price in prices]
    return [formula.share(price, PriceField.of(known)) for price in known]


def test_bands_include_their_limit():
    """80, 84, 92, 104, 120, 121 are 0, 5, 15, 30, 50, 51.25 percent over: a limit belongs to its band."""
    found = shares(Banded(BANDS), 80, 84, 92, 104, 120, 121)
    assert found == [Fraction(marks, 100) for marks in (100, 100, 80, 60, 40, 0)]


@pytest.mark.parametrize("formula", ALL, ids=FORMULAS)
def test_a_share_is_between_nothing_and_everything(formula):
    """No price earns less than nothing or more than the marks, however far apart the prices are."""
    assert all(0 <= share <= 1 for share in shares(formula, 1, 59, 60, 61, 159, 160))


@pytest.mark.parametrize("formula", ALL, ids=FORMULAS)
def test_a_lower_price_never_earns_less(formula):
    """Marks fall or stay as the price rises."""
    found = shares(formula, *range(60, 161, 5))
    assert found == sorted(found, reverse=True)


def test_equal_prices_all_have_full_marks_under_min_max():
    """Where there is no spread to measure, every bid has the lowest price and all the marks."""
    assert shares(MinMax(), 70, 70) == [1, 1]


def test_a_pound_is_the_whole_spread_under_min_max():
    """Between two bids a difference of one pound is worth all the marks."""
    assert shares(MinMax(), 100_000, 100_001) == [1, 0]


def test_the_benchmark_does_not_look_at_other_bids():
    """A price has the same share whatever the other prices are."""
    formula = Benchmark(Fraction(60), Fraction(160))
    assert shares(formula, 100, 159)[0] == shares(formula, 100, 61, 62)[0] == Fraction(3, 5)
