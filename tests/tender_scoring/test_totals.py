"""The numeric engine against fractions and loops: totals, orders of any bids, sums in whole numbers of any size."""

import copy
import json
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tender_scoring import evaluate
from tender_scoring.case_reading import case_from
from tender_scoring.totals import Totals
from tests.tender_scoring import naive
from tests.tender_scoring.cases import agreed, method, price, priced, question
from tests.tender_scoring.drawing import cases

slow = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def outcome(case):
    """Return the result of a case less its steps and its hash."""
    printed = evaluate(case).to_dict()
    return {key: value for key, value in printed.items() if key not in ("steps", "method_hash")}


@slow
@given(cases())
def test_every_figure_is_that_of_fractions_and_loops(case):
    """Ranks, totals, marks, eliminations and ties are those of the naive engine, which shares no code."""
    assert outcome(case) == naive.result(case)


@slow
@given(cases(), st.data())
def test_any_bids_are_in_the_order_that_they_would_have_alone(case, data):
    """Leaving bids out of an order is making the case without them: prices, totals and broken ties included."""
    totals = Totals(case_from(case))
    if not totals.standing:
        return
    chosen = sorted(data.draw(st.sets(st.sampled_from(totals.standing), min_size=1)))
    names = set(totals.names(chosen))
    fewer = copy.deepcopy(case)
    fewer["bids"] = {bid: price for bid, price in case["bids"].items() if bid in names}
    for key in ("scores", "agreed"):
        fewer[key] = [entry for entry in case[key] if entry["bid"] in names]
    expected, ranks = naive.result(fewer), totals.order(chosen)
    assert {totals.case.bids[bid]: place for bid, place in ranks.places} == {
        entry["bid"]: entry["rank"] for entry in expected["ranking"]
    }
    assert [list(totals.names(tie)) for tie in ranks.ties] == expected["ties"]
    assert [{"bids": list(totals.names(bids)), "by": by} for bids, by in ranks.broken] == expected["tie_broken_by"]


@slow
@given(cases())
def test_the_marks_of_the_tree_add_up_to_the_total(case):
    """The explanation and the numbers are one: roots, panels and prices total exactly what is ranked."""
    for standing in evaluate(case).ranking:
        roots = [criterion["id"] for criterion in case["method"]["criteria"]]
        assert sum(standing.marks[name] for name in roots) == standing.total


def places(document):
    """Return the rank of every bid, by the engine, and see that the naive engine agrees."""
    assert outcome(document) == naive.result(json.loads(json.dumps(document)))
    return {entry.bid: entry.rank for entry in evaluate(document).ranking}


def test_totals_too_close_for_floats_are_settled_by_fractions():
    """Totals that differ by less than 10**-13 are ranked by what they are."""
    bids = priced(A="900000000000002", B="900000000000001", C="900000000000000", D="900000000000001")
    assert places({"method": method(price("100")), "bids": bids}) == {"C": 1, "B": 2, "D": 2, "A": 4}


@pytest.mark.parametrize("formula", ["lowest_relative", "percentage_deviation", "min_max", "mean_relative"])
def test_prices_beyond_double_precision_are_fractions(formula):
    """Prices of 24 digits are compared exactly, under every formula that compares them."""
    top = "999999999999999.99999999"
    bids = priced(A=top + "9", B=top + "8", C=top + "7")
    assert places({"method": method(price("100", formula=formula)), "bids": bids}) == {"C": 1, "B": 2, "A": 3}


def test_quality_beyond_int64_is_whole_numbers_of_python():
    """A criterion worth 10**-20 marks decides between bids of the same price."""
    small = "0.000000001"
    children = [question("x", small), question("y", "99.999999999")]
    stated = method(question("a", "69.999999999"), {"id": "group", "weight": small, "children": children}, price("30"))
    given = {"A": "4", "B": "5", "C": "4"}
    sheet = [agreed(bid, name, x if name == "x" else "3") for bid, x in given.items() for name in "axy"]
    case = {"method": stated, "bids": priced(A="90", B="90", C="90"), "agreed": sheet}
    assert Totals(case_from(case)).sums.dtype == object
    assert places(case) == {"B": 1, "A": 2, "C": 2}


def test_marks_for_prices_are_worked_out_once_for_each_field():
    """Another field with the same lowest price has the same marks under a formula that compares nothing else."""
    case = case_from({"method": method(price("100")), "bids": priced(A="80", B="100", C="120")})
    totals = Totals(case)
    exact, floats = totals.price_marks(totals.field([0, 1]))
    assert totals.price_marks(totals.field([0, 2]))[1] is floats
    assert exact == [100, 80, Fraction(200, 3)]
