"""Exact sums, and ranking a board of arrays."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tender_scoring import Code, InvalidCase, board_from_arrays, board_of, evaluate, rank_board, read_case
from tender_scoring.case_reading import case_from
from tender_scoring.exact_sums import weighted_sums, weights_for
from tender_scoring.method_reading import read_method
from tests.tender_scoring.cases import agreed, complete, method, price, priced, question


@given(
    st.lists(st.integers(0, 2**60), min_size=1, max_size=40),
    st.sampled_from([1, 5, 255, 65535, 2**32 - 1]),
    st.randoms(use_true_random=False),
)
def test_sums_are_exact_for_any_weights(weights, most, random):
    """Sums in limbs of floats equal sums of Python integers, up to the largest cells and weights."""
    rows = [[random.choice([0, most, random.randint(0, most)]) for _ in weights] for _ in range(5)]
    kind = next(kind for kind in (np.uint8, np.uint16, np.uint32) if most <= np.iinfo(kind).max)
    found = weighted_sums(np.array(rows, kind), weights_for(weights, most)).tolist()
    assert found == [sum(cell * weight for cell, weight in zip(row, weights, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("weights", "most", "kind", "limbs"),
    [
        ([3, 4] * 150, 5, "float32", 1),
        ([2**20] * 300, 5, "float32", 2),
        ([2**46] * 300, 5, "float32", 4),
        ([2**36 + 1] * 300, 65535, "float64", 2),
    ],
)
def test_weights_are_cut_into_as_few_limbs_as_the_proof_allows(weights, most, kind, limbs):
    """Small weights take one pass in float32, large ones a few limbs, and all sums stay exact."""
    cut = weights_for(weights, most)
    assert ([str(limb.dtype) for limb in cut.limbs], len(cut.limbs)) == ([kind] * limbs, limbs)
    for limb in cut.limbs:
        assert most * int(limb.sum(dtype=np.float64)) <= 2 ** (24 if kind == "float32" else 53)


def test_sums_beyond_int64_are_python_integers():
    """Where int64 could overflow there are no limbs and the sums are Python integers."""
    weights = weights_for([2**62, 2**62], 2)
    assert weights.limbs == ()
    assert weighted_sums(np.array([[2, 2]], np.uint8), weights).tolist() == [2**64]


def test_blocks_of_rows_meet_without_a_seam():
    """More rows than one block has are all summed, the last short block too."""
    cells = np.arange(2500 * 3, dtype=np.uint16).reshape(2500, 3)
    found = weighted_sums(cells, weights_for([1, 2, 3], 7500))
    assert found.tolist() == (cells.astype(np.int64) @ np.array([1, 2, 3])).tolist()


def by_bid(case):
    """Return the ranks of a case's board by bid."""
    ranks = rank_board(board_of(case)).ranks.tolist()
    return {case.bids[bid]: rank for bid, rank in enumerate(ranks) if rank}


def test_totals_too_close_for_floats_are_settled_by_fractions():
    """Totals that differ by less than 10**-13 are ranked by what they are."""
    case = {
        "method": method(price("100")),
        "bids": priced(A="900000000000002", B="900000000000001", C="900000000000000", D="900000000000001"),
    }
    assert by_bid(case_from(case)) == {"C": 1, "B": 2, "D": 2, "A": 4}


@pytest.mark.parametrize("formula", ["lowest_relative", "percentage_deviation", "min_max", "mean_relative"])
def test_prices_beyond_double_precision_are_fractions(formula):
    """Prices of 24 digits are compared exactly, under every formula, as the engine does."""
    top = "999999999999999.99999999"
    case = case_from(
        {
            "method": method(price("100", formula=formula)),
            "bids": priced(A=top + "9", B=top + "8", C=top + "7"),
        }
    )
    assert by_bid(case) == {standing.bid: standing.rank for standing in evaluate(case).ranking}
    assert by_bid(case) == {"C": 1, "B": 2, "A": 3}


def test_quality_beyond_int64_is_settled_by_fractions_beside_a_price():
    """A criterion worth 10**-20 marks decides between bids of the same price, as it does in the engine."""
    small = "0.000000001"
    children = [question("x", small), question("y", "99.999999999")]
    stated = method(question("a", "69.999999999"), {"id": "group", "weight": small, "children": children}, price("30"))
    given = {"A": "4", "B": "5", "C": "4"}
    sheet = [agreed(bid, name, x if name == "x" else "3") for bid, x in given.items() for name in "axy"]
    case = case_from({"method": stated, "bids": priced(A="90", B="90", C="90"), "agreed": sheet})
    assert rank_board(board_of(case)).quality.dtype == object
    assert by_bid(case) == {standing.bid: standing.rank for standing in evaluate(case).ranking}
    assert by_bid(case) == {"B": 1, "A": 2, "C": 2}


def test_one_changed_score_gives_the_board_of_the_changed_case():
    """A board with one score changed ranks as the case with that score does; the old one stays."""
    case = complete()
    board = board_of(read_case(json.dumps(case).encode()))
    before = rank_board(board).ranks.tolist()
    changed = board.with_score(0, "outcomes", "young_people", "y1", Fraction(0))
    case["scores"][0]["score"] = "0"
    assert rank_board(changed).total(0) == next(
        standing.total for standing in evaluate(case).ranking if standing.bid == "A"
    )
    assert rank_board(board).ranks.tolist() == before
    lowered = board.with_score(0, "safeguarding", "professional", None, Fraction(2))
    assert rank_board(lowered).ranks.tolist() == [0, 1]


def test_a_cell_that_the_board_does_not_have_is_refused():
    """An unknown member is a KeyError, a score off the scale or its steps a ValueError."""
    board = board_of(case_from(complete()))
    with pytest.raises(KeyError):
        board.with_score(0, "outcomes", "young_people", "y7", Fraction(1))
    for score in (Fraction(6), Fraction(-1), Fraction(1, 2)):
        with pytest.raises(ValueError, match="not on the scale"):
            board.with_score(0, "outcomes", "young_people", "y1", score)


def arrays():
    """Return a method of two panels and the cells of three bids."""
    stated = method(
        {"id": "a", "weight": "60", "panels": {"professional": "50", "young_people": "50"}, "scale": "0-5"},
        price("40"),
    )
    cells = np.array([[5, 4, 3], [1, 5, 5], [5, 3, 4]], np.uint8)
    return read_method(stated), {"young_people": ["y2", "y1"]}, cells, np.array([120, 100, 120])


def test_arrays_are_ranked_without_any_case():
    """Prepared arrays give the ranks and totals that the same case gives."""
    stated, members, cells, prices = arrays()
    ranks = rank_board(board_from_arrays(stated, members, cells, prices))
    assert ranks.ranks.tolist() == [1, 3, 1]
    assert ranks.total(1) == Fraction(6) + 30 + 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cells, prices: (cells[:, :2], prices), "3 columns"),
        (lambda cells, prices: (cells.astype(np.int64), prices), "smallest unsigned type"),
        (lambda cells, prices: (cells + np.uint8(1), prices), "above the top"),
        (lambda cells, prices: (cells, None), "needs a price"),
        (lambda cells, prices: (cells, prices - 100), "whole number of pounds"),
    ],
)
def test_arrays_of_another_shape_or_range_are_refused(change, message):
    """Arrays that are not what the method says are a ValueError."""
    stated, members, cells, prices = arrays()
    with pytest.raises(ValueError, match=message):
        board_from_arrays(stated, members, *change(cells, prices))


def test_a_board_refuses_to_divide_by_no_quality():
    """Price per quality point is refused on the board, too, where a bid has no quality."""
    stated = method(question("a", "100"), ranking="price_per_quality_point")
    case = {"method": stated, "bids": priced(A="1", B="2")}
    case["agreed"] = [agreed("A", "a", "5"), agreed("B", "a", "0")]
    with pytest.raises(InvalidCase) as refusal:
        rank_board(board_of(case_from(case)))
    assert refusal.value.code == Code.ZERO_TOTAL


def test_a_board_without_prices_shares_ranks():
    """Equal totals of quality share a rank without any fraction being made."""
    stated = read_method(method(question("a", "100", "young_people")))
    cells = np.array([[1, 2], [3, 0], [5, 5], [2, 1]], np.uint8)
    board = board_from_arrays(stated, {"young_people": ["y1", "y2"]}, cells)
    assert rank_board(board).ranks.tolist() == [2, 2, 1, 2]
