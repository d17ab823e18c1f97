"""What holds of every method and every case."""

import copy
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tender_scoring import evaluate
from tests.tender_scoring.cases import agreed, method, price, priced, quality_and_price, question
from tests.tender_scoring.drawing import FORMULAS, cases

slow = settings(max_examples=60, suppress_health_check=list(HealthCheck))
whole_scores = st.integers(0, 5).map(str)


@slow
@given(cases(), st.randoms(use_true_random=False))
def test_permuting_the_input_permutes_nothing(case, random):
    """Bids, scores, members and keys in another order give the same result."""
    expected = evaluate(case).to_dict()
    shuffled = copy.deepcopy(case)
    for key in ("scores", "agreed", "recused"):
        random.shuffle(shuffled[key])
    for holder, key in [(shuffled, "bids"), (shuffled["method"], "panels"), (shuffled["method"], "scales")]:
        items = list(holder[key].items())
        random.shuffle(items)
        holder[key] = dict(items)
    assert evaluate(shuffled).to_dict() == expected


@slow
@given(cases())
def test_the_parts_of_a_total_add_up_exactly(case):
    """A total is exactly its roots' marks, a group its children's, and the panels all but the prices."""
    result = evaluate(case)
    tree = case["method"]["criteria"]
    groups = [node for node in tree if "children" in node]
    prices = [node["id"] for node in tree if "price" in node]
    for standing in result.ranking:
        assert sum(standing.marks[node["id"]] for node in tree) == standing.total
        for group in groups:
            assert sum(standing.marks[child["id"]] for child in group["children"]) == standing.marks[group["id"]]
        assert sum(standing.panels.values()) + sum(standing.marks[name] for name in prices) == standing.total
        assert 0 <= standing.total <= 100


@slow
@given(cases(), st.integers(2, 5))
def test_a_panels_share_does_not_depend_on_head_count(case, times):
    """Every member of a mean panel sitting several times over changes no exact figure."""
    many = copy.deepcopy(case)
    for entry in case["scores"]:
        if entry["panel"] == "young" and entry["member"] != "m9":
            twins = range(1, times)
            many["scores"] += [entry | {"member": f"{entry['member']} twin {twin}"} for twin in twins]
    assert evaluate(many).ranking == evaluate(case).ranking


@slow
@given(cases())
def test_a_level_more_in_the_tree_changes_no_marks(case):
    """All the roots inside one group of weight 100 earn the marks that they earn as roots."""
    deeper = copy.deepcopy(case)
    tree = deeper["method"]["criteria"]
    counting = [node for node in tree if node["weight"] != "0"]
    pilots = [node for node in tree if node["weight"] == "0"]
    deeper["method"]["criteria"] = [{"id": "everything", "weight": "100", "children": counting}, *pilots]
    for before, after in zip(evaluate(case).ranking, evaluate(deeper).ranking, strict=True):
        assert {**before.marks, "everything": before.total} == dict(after.marks)


@slow
@given(st.data())
def test_weights_scaled_scale_the_marks(data):
    """Doubling a criterion's weight at another's cost doubles exactly its marks."""
    weight = data.draw(st.integers(1, 49))
    score = data.draw(whole_scores)

    def marks(share):
        stated = method(question("a", str(share)), question("b", str(100 - share)))
        case = {
            "method": stated,
            "bids": {"A": {}},
            "agreed": [agreed("A", "a", score), agreed("A", "b", "3")],
        }
        return evaluate(case).ranking[0].marks["a"]

    assert marks(2 * weight) == 2 * marks(weight)


@slow
@given(st.sampled_from(FORMULAS), st.lists(st.tuples(whole_scores, st.integers(50, 139)), min_size=2, max_size=6))
def test_a_dominated_bid_never_ranks_above_its_dominator(formula, bids):
    """A bid with no lower score and no higher price ranks at least as high, under every formula."""
    stated = method(question("a", "60"), price("40", **formula))
    case = {
        "method": stated,
        "bids": {f"B{index}": {"price": str(cost)} for index, (_, cost) in enumerate(bids)},
        "agreed": [agreed(f"B{index}", "a", score) for index, (score, _) in enumerate(bids)],
    }
    ranks = {standing.bid: standing.rank for standing in evaluate(case).ranking}
    for index, (score, cost) in enumerate(bids):
        for other, (other_score, other_cost) in enumerate(bids):
            if score >= other_score and cost <= other_cost:
                assert ranks[f"B{index}"] <= ranks[f"B{other}"]


def orders(case):
    """Return A's and B's ranks as -1, 0 or 1."""
    ranks = {standing.bid: standing.rank for standing in evaluate(case).ranking}
    return (ranks["A"] > ranks["B"]) - (ranks["A"] < ranks["B"])


@slow
@given(
    st.lists(st.tuples(st.integers(0, 100).map(str), st.integers(1, 160).map(str)), min_size=3, max_size=3),
    st.integers(10, 90).map(str),
)
def test_an_irrelevant_bid_never_flips_two_others_under_a_benchmark(bids, weight):
    """With complete scores a third bid changes nothing between two others where the price is a benchmark."""
    named = dict(zip("ABC", bids, strict=True))
    quality = {bid: score for bid, (score, _) in named.items()}
    prices = {bid: cost for bid, (_, cost) in named.items()}
    with_third = quality_and_price(weight, quality, prices, "benchmark", floor="60", ceiling="160")
    quality.pop("C")
    prices.pop("C")
    assert orders(with_third) == orders(
        quality_and_price(weight, quality, prices, "benchmark", floor="60", ceiling="160")
    )


@pytest.mark.parametrize("formula", ["lowest_relative", "percentage_deviation", "min_max", "mean_relative"])
def test_an_irrelevant_bid_flips_two_others_under_relative_formulas(formula):
    """A kept counter-example for each: A beats B until C comes, who beats neither, and then B beats A."""
    weight, found = COUNTER_EXAMPLES[formula]
    quality = {bid: score for bid, (score, _) in found.items()}
    prices = {bid: cost for bid, (_, cost) in found.items()}
    three = quality_and_price(weight, quality, prices, formula)
    two = quality_and_price(weight, {b: quality[b] for b in "AB"}, {b: prices[b] for b in "AB"}, formula)
    assert {orders(two), orders(three)} == {-1, 1}
    assert evaluate(three).ranking[-1].bid == "C"


COUNTER_EXAMPLES = {
    "lowest_relative": ("50", {"A": ("50", "100"), "B": ("69", "130"), "C": ("0", "60")}),
    "percentage_deviation": ("80", {"A": ("50", "100"), "B": ("57", "130"), "C": ("0", "50")}),
    "min_max": ("50", {"A": ("50", "100"), "B": ("90", "130"), "C": ("0", "300")}),
    "mean_relative": ("50", {"A": ("50", "100"), "B": ("72", "130"), "C": ("0", "400")}),
}


@slow
@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_a_tie_is_equality_of_exact_totals(left, right, data):
    """Two bids tie exactly where their means are equal as fractions, whatever the decimals say."""
    first = data.draw(st.lists(st.integers(0, 5), min_size=left, max_size=left))
    second = data.draw(st.lists(st.integers(0, 5), min_size=left, max_size=left))
    stated = method(question("a", "100", "parents"), rounding={"places": right, "mode": "half_up"})
    stated["panels"]["parents"] = {"combine": "mean"}
    entries = [
        {"panel": "parents", "member": f"m{index}", "bid": bid, "criterion": "a", "score": str(score)}
        for bid, given_scores in (("A", first), ("B", second))
        for index, score in enumerate(given_scores)
    ]
    result = evaluate({"method": stated, "bids": priced(A="1", B="1"), "scores": entries})
    assert bool(result.ties) == (Fraction(sum(first), left) == Fraction(sum(second), left))
