"""The steps can be followed with a pencil: every figure follows from the inputs that its step names."""

import json
import statistics
from fractions import Fraction

import pytest

from tender_scoring import evaluate, explain
from tender_scoring.rounding import half_up
from tests.tender_scoring.cases import complete
from tests.tender_scoring.drawing import Chance, draw_case


def banded(worth, cost, lowest, bands):
    """Return the marks of a price by bands."""
    over = (cost - lowest) / lowest * 100
    reached = [marks for limit, marks in bands if over <= limit]
    return worth * (reached[0] if reached else 0) / 100


def follow(rule, named):
    """Return the figure that a rule makes of its inputs, worked out again here."""
    values = list(named.values())
    match rule:
        case "agreed":
            return named["agreed"]
        case "mean":
            return sum(values) / len(values)
        case "median":
            return Fraction(statistics.median(values))
        case "above_minimum" | "below_ceiling":
            return values[0] - values[1]
        case "from_zero" | "price_per_point":
            return values[0] / values[1]
        case "from_minimum":
            return (values[0] - named["minimum"]) / (named["maximum"] - named["minimum"])
        case "weigh":
            return values[0] * named["worth"]
        case "sum" | "total":
            return sum(values)
        case "lowest_price":
            return min(values)
        case "highest_price":
            return max(values)
        case "mean_price":
            return sum(values) / len(values)
    worth, cost = named["worth"], named["price"]
    lowest, highest = named.get("/lowest_price"), named.get("/highest_price")
    match rule:
        case "lowest_relative":
            return worth * lowest / cost
        case "percentage_deviation":
            return worth * max(0, 1 - (cost - lowest) / lowest)
        case "min_max":
            return worth if highest == lowest else worth * (highest - cost) / (highest - lowest)
        case "mean_relative":
            return worth * min(100, max(0, 50 - 100 * (cost / named["/mean_price"] - 1))) / 100
        case "benchmark":
            return worth * min(1, (named["ceiling"] - cost) / (named["ceiling"] - named["floor"]))
        case "banded":
            bands = [(Fraction(key.split()[3]), value) for key, value in named.items() if key.startswith("band ")]
            return banded(worth, cost, lowest, bands)
    raise AssertionError(rule)


def check(result):
    """Follow every step of a result, and return the rules that were met."""
    known = {}
    for step in result.steps:
        named = {name: Fraction(value) for name, value in step.inputs.items()}
        assert step.id not in known
        for name, value in named.items():
            if name.startswith("/"):
                assert known[name] == value, (step.id, name)
        known[step.id] = Fraction(step.exact)
        assert follow(step.rule, named) == known[step.id], step.id
        assert half_up(known[step.id], result.places) == step.shown
        assert step.exact == f"{known[step.id].numerator}/{known[step.id].denominator}"
    for standing in result.ranking:
        root = "/" + standing.bid
        assert known[f"{root}/total"] == standing.total
        assert {name: known[f"{root}/{name}/marks"] for name in standing.marks} == dict(standing.marks)
    return {step.rule for step in result.steps}


def test_every_figure_follows_from_its_inputs():
    """In random cases every step is what its rule makes of its inputs, and every rule occurs."""
    met = set()
    for seed in range(120):
        result = evaluate(draw_case(Chance(seed)))
        met |= check(result)
        assert explain(result).count("\n") > len(result.steps)
    assert met == {
        *("agreed", "mean", "median", "above_minimum", "below_ceiling", "from_zero", "from_minimum", "weigh"),
        *("sum", "total", "lowest_price", "highest_price", "mean_price", "price_per_point"),
        *("lowest_relative", "percentage_deviation", "min_max", "mean_relative", "benchmark", "banded"),
    }


def test_names_with_slashes_do_not_meet():
    """Ids are escaped as in a JSON Pointer, so that a bid "A/q" and a criterion "q" stay apart."""
    case = complete()
    case["bids"]["A/outcomes"] = case["bids"].pop("B")
    for entry in [*case["scores"], *case["agreed"]]:
        entry["bid"] = {"B": "A/outcomes"}.get(entry["bid"], entry["bid"])
    result = evaluate(case)
    assert len({step.id for step in result.steps}) == len(result.steps)
    assert "/A~1outcomes/total" in {step.id for step in result.steps}


@pytest.mark.parametrize("name", ["{}", '{}"quoted" \\ \t\x00\x1f', "{}/~0é€😀\u2028"])
def test_the_text_of_a_result_is_that_of_its_values(name):
    """to_json writes, byte for byte, what json.dumps makes of to_dict, whatever the names."""
    for seed in range(60):
        text = json.dumps(draw_case(Chance(seed)))
        for old in ("B0", "B1", "m1", "q0", "group", "price0", "young", "adults"):
            text = text.replace(json.dumps(old), json.dumps(name.format(old)))
        result = evaluate(json.loads(text))
        assert result.to_json() == json.dumps(result.to_dict(), ensure_ascii=False, indent=1)


@pytest.mark.parametrize("place", ["/A/safeguarding/professional/combined", "/lowest_price", "/B/price/marks"])
def test_steps_are_in_the_order_of_the_method(place):
    """Scores are combined before minimums, minimums before prices, prices before totals."""
    order = [step.id for step in evaluate(complete()).steps]
    ranked = [
        "/A/safeguarding/professional/combined",
        "/A/safeguarding/professional/above_minimum",
        "/lowest_price",
        "/A/safeguarding/marks",
        "/B/price/marks",
        "/A/total",
    ]
    assert sorted(ranked, key=order.index) == ranked
    assert place in order
