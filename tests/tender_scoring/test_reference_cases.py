"""The complete cases and the examples that the scoring rules were written with."""

import json
from fractions import Fraction

import pytest

from tender_scoring import evaluate, read_case
from tender_scoring.prices import Benchmark, LowestRelative, MeanRelative, MinMax, PercentageDeviation, PriceField
from tender_scoring.rounding import half_up
from tests.tender_scoring.cases import agreed, method, reference, scores


@pytest.mark.parametrize("name", ["essex-40-of-total", "essex-40-of-quality", "three-panels-minimum"])
def test_a_complete_case_gives_its_whole_result(name):
    """Each complete case gives exactly the result written beside it."""
    document = reference(f"scoring_cases/{name}.json")
    result = evaluate(read_case(json.dumps(document["case"]).encode())).to_dict()
    result.pop("steps")
    result.pop("method_hash")
    assert result == document["result"]


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("lowest_relative", LowestRelative()),
        ("pct_deviation_from_lowest", PercentageDeviation()),
        ("min_max_linear", MinMax()),
        ("mean_based_50", MeanRelative()),
        (
            "benchmark_floor60000_ceiling160000",
            Benchmark(Fraction(60_000), Fraction(160_000)),
        ),
    ],
)
def test_a_price_formula_gives_the_marks_of_the_examples(name, formula):
    """Each formula gives the marks of the examples for 80k, 100k, 120k and 200k."""
    example = reference("scoring_examples.json")["PRICE"]
    prices = [Fraction(price) for price in example["prices"]]
    field = PriceField.of(prices)
    found = [
        "REJECT: over ceiling"
        if formula.eliminates(price)
        else half_up(example["weight"] * formula.share(price, field), 4)
        for price in prices
    ]
    assert found == example[name]


def test_panels_are_weighted_after_they_are_aggregated():
    """Three professionals at 3 and twelve young people at 5 give 3.8 under 60/40, not the pooled 4.6."""
    example = reference("scoring_examples.json")["POOLING"]
    stated = method({"id": "q", "weight": "100", "panels": {"officers": "60", "young_people": "40"}, "scale": "0-5"})
    stated["panels"]["officers"] = {"combine": "mean"}
    case = {
        "method": stated,
        "bids": {"A": {}},
        "scores": [
            *scores("A", "q", [str(score) for score in example["professionals"]], "officers"),
            *scores("A", "q", [str(score) for score in example["young_people"]]),
        ],
    }
    total = evaluate(case).ranking[0].total
    assert half_up(total * 5 / 100, 4) == example["panel_weighted_60_40"]


def test_the_minimum_is_applied_before_the_relative_price():
    """Without its minimum the third bid of the three-panel case would win with the total of the examples."""
    case = reference("scoring_cases/three-panels-minimum.json")["case"]
    expected = reference("scoring_examples.json")["EX2"]
    del case["method"]["criteria"][0]["children"][0]["children"][0]["minimum"]
    totals = {entry["bid"]: entry["total"] for entry in evaluate(case).to_dict()["ranking"]}
    assert totals == {**expected["totals_if_C_left_in_price_set"], "C": expected["total_C_if_no_threshold"]}


def test_an_agreed_score_needs_no_members():
    """An agreed panel's result needs the agreed scores alone."""
    case = {
        "method": method({"id": "q", "weight": "100", "panel": "professional", "scale": "0-5"}),
        "bids": {"A": {}},
        "agreed": [agreed("A", "q", "4")],
    }
    assert half_up(evaluate(case).ranking[0].total, 4) == "80.0000"
