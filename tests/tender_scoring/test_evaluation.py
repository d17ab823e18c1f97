"""What the method does with scores: panels, recusal, pilots, minimums, prices, ties, rounding."""

import json
import random
from fractions import Fraction

import pytest

from tender_scoring import evaluate, read_case
from tests.tender_scoring.cases import agreed, complete, method, outcome, price, priced, question, scores


def shared_case(young):
    """Return a case of one criterion under 60/40, the professionals at 3, the young people as given."""
    stated = method({"id": "q", "weight": "100", "panels": {"officers": "60", "young_people": "40"}, "scale": "0-5"})
    stated["panels"]["officers"] = {"combine": "mean"}
    entries = [*scores("A", "q", ["3"] * 3, "officers"), *scores("A", "q", young)]
    return {"method": stated, "bids": {"A": {}}, "scores": entries}


@pytest.mark.parametrize("heads", [2, 12, 40])
def test_a_panels_weight_does_not_depend_on_how_many_came(heads):
    """Officers at 3 and young people at 5 give 3.8 of 5 under 60/40, whether two or forty score."""
    assert evaluate(shared_case(["5"] * heads)).ranking[0].total == Fraction(76)


def test_a_median_of_an_even_number_is_the_mean_of_the_middle_two():
    """The median of 1, 2, 4 and 5 is 3."""
    case = shared_case(["5", "1", "2", "4"])
    case["method"]["panels"]["young_people"] = {"combine": "median"}
    assert evaluate(case).ranking[0].panels["young_people"] == Fraction(24)


def test_a_recused_member_is_left_out_of_every_bid():
    """A recused member's scores count for no bid, wherever they were given."""
    case = shared_case(["5", "4", "0"])
    case["recused"] = [{"panel": "young_people", "member": "y3"}]
    assert evaluate(case).ranking[0].panels["young_people"] == Fraction(36)


def test_members_of_an_agreed_panel_are_shown_and_never_averaged():
    """The individual scores of an agreed panel appear in its step and change no figure."""
    case = complete()
    plain = evaluate(case)
    case["scores"] += scores("A", "safeguarding", ["0", "1"], "professional")
    result = evaluate(case)
    assert result.ranking == plain.ranking
    (step,) = [step for step in result.steps if step.id == "/A/safeguarding/professional/combined"]
    assert dict(step.inputs) == {"agreed": "4/1", "individual: y1": "0/1", "individual: y2": "1/1"}


def test_a_pilot_is_shown_and_worth_nothing():
    """A pilot panel's normalised scores are reported by bid and criterion, and its criterion has no marks."""
    result = evaluate(complete()).to_dict()
    assert result["pilots"] == {"parents": {"A": {"parents-view": "0.4000"}, "B": {"parents-view": "0.6000"}}}
    assert result["ranking"][0]["marks"]["parents-view"] == "0.0000"


def test_a_bid_below_a_minimum_leaves_before_prices_are_compared():
    """An eliminated cheap bid is not the lowest price for the others."""
    case = complete()
    case["bids"]["C"] = {"price": "1"}
    case["agreed"] += [agreed("C", "safeguarding", "2"), agreed("C", "outcomes", "5")]
    case["scores"] += [*scores("C", "outcomes", ["5", "5"]), *scores("C", "parents-view", ["5"], "parents")]
    result = evaluate(case).to_dict()
    assert result["eliminated"] == [
        {
            "bid": "C",
            "criterion": "safeguarding",
            "panel": "professional",
            "score": "2.0000",
            "minimum": "3.0000",
        }
    ]
    assert [entry["marks"]["price"] for entry in result["ranking"]] == ["30.0000", "28.3200"]


def test_a_score_equal_to_the_minimum_stays():
    """Only a score strictly below the minimum eliminates."""
    assert [entry.bid for entry in evaluate(complete()).eliminated] == []


def test_a_mean_is_compared_with_the_minimum_exactly():
    """A mean of 11/3 is below a minimum of 3.7 and not below 3.6."""
    case = shared_case(["4", "4", "3"])
    case["method"]["criteria"][0]["minimum"] = "3.7"
    case["scores"] = [entry | {"score": "5"} if entry["panel"] == "officers" else entry for entry in case["scores"]]
    (entry,) = evaluate(case).eliminated
    assert (entry.panel, entry.score) == ("young_people", Fraction(11, 3))
    case["method"]["criteria"][0]["minimum"] = "3.6"
    assert evaluate(case).eliminated == ()


def test_eliminations_are_in_tree_order():
    """Every failed minimum and ceiling has its entry: by criterion in tree order, then panel, then bid."""
    stated = method(
        question("a", "40", minimum="3"),
        {
            "id": "b",
            "weight": "30",
            "panels": {"young_people": "50", "officers": "50"},
            "scale": "0-5",
            "minimum": "2",
        },
        price("30", formula="benchmark", floor="50", ceiling="100"),
    )
    stated["panels"]["officers"] = {"combine": "mean"}
    case = {
        "method": stated,
        "bids": priced(Z="101", A="100"),
        "agreed": [agreed("Z", "a", "0"), agreed("A", "a", "2")],
        "scores": [
            entry for bid in "ZA" for entry in [*scores(bid, "b", ["1", "1"]), *scores(bid, "b", ["1"], "officers")]
        ],
    }
    result = evaluate(case).to_dict()
    assert [(entry["criterion"], entry.get("panel"), entry["bid"]) for entry in result["eliminated"]] == [
        ("a", "professional", "A"),
        ("a", "professional", "Z"),
        ("b", "officers", "A"),
        ("b", "officers", "Z"),
        ("b", "young_people", "A"),
        ("b", "young_people", "Z"),
        ("price", None, "Z"),
    ]
    assert result["ranking"] == []


def test_a_price_equal_to_the_ceiling_stays_with_nothing():
    """Under a benchmark a price above the ceiling eliminates; one equal to it earns no marks and stays."""
    stated = method(price("100", formula="benchmark", floor="60000", ceiling="160000"))
    case = {"method": stated, "bids": priced(A="160000", B="160000.01", C="10")}
    result = evaluate(case).to_dict()
    assert outcome(evaluate(case)) == [("C", 1, "100.0000"), ("A", 2, "0.0000")]
    assert result["eliminated"] == [
        {"bid": "B", "criterion": "price", "price": "160000.0100", "ceiling": "160000.0000"}
    ]


def tied(**changes):
    """Return three bids with equal totals and different criteria and prices."""
    return {
        "method": method(question("care", "50"), question("plan", "50"), **changes),
        "bids": priced(A="3", B="2", C="2"),
        "agreed": [
            agreed(bid, name, score)
            for bid, marks in {"A": "41", "B": "32", "C": "32"}.items()
            for name, score in zip(("care", "plan"), marks, strict=True)
        ],
    }


def test_equal_totals_share_a_rank_and_are_reported():
    """Without a published tie-break equal bids share rank 1, listed by id."""
    result = evaluate(tied()).to_dict()
    assert [(entry["bid"], entry["rank"]) for entry in result["ranking"]] == [("A", 1), ("B", 1), ("C", 1)]
    assert (result["ties"], result["tie_broken_by"]) == ([["A", "B", "C"]], [])


def test_the_published_list_is_tried_in_order():
    """A rule splits a tie, later rules split what is left, and what nothing splits stays a tie."""
    result = evaluate(tied(tie_break=["lowest_price", "care"])).to_dict()
    assert [(entry["bid"], entry["rank"]) for entry in result["ranking"]] == [("B", 1), ("C", 1), ("A", 3)]
    assert result["ties"] == [["B", "C"]]
    assert result["tie_broken_by"] == [{"bids": ["A", "B", "C"], "by": "lowest_price"}]


def test_a_tie_that_a_criterion_breaks_is_said_to_be():
    """Higher exact marks on the named criterion win the tie, and the result names the criterion."""
    result = evaluate(tied(tie_break=["plan", "care"])).to_dict()
    assert [(entry["bid"], entry["rank"]) for entry in result["ranking"]] == [("B", 1), ("C", 1), ("A", 3)]
    assert result["tie_broken_by"] == [{"bids": ["A", "B", "C"], "by": "plan"}]


def test_a_drawn_lot_breaks_what_the_list_leaves():
    """Only a tie whose every bid was drawn is broken, in the order drawn, and the result says so; else it stays."""
    drawn = tied(tie_break=["lowest_price", "drawn_lot"]) | {"drawn": ["C", "B"]}
    result = evaluate(drawn).to_dict()
    assert [(entry["bid"], entry["rank"]) for entry in result["ranking"]] == [("C", 1), ("B", 2), ("A", 3)]
    assert result["tie_broken_by"][-1] == {"bids": ["B", "C"], "by": "drawn_lot"}
    assert evaluate(drawn | {"drawn": ["C"]}).to_dict()["ties"] == [["B", "C"]]


def test_ranks_use_exact_values():
    """Two totals that print alike are still ranked by what they are."""
    case = {
        "method": method(price("100"), rounding={"places": 0, "mode": "half_up"}),
        "bids": priced(A="1000.01", B="1000"),
    }
    assert outcome(evaluate(case)) == [("B", 1, "100"), ("A", 2, "100")]


def test_parts_are_rounded_each_from_its_own_value():
    """Printed parts may differ from the printed total in the last place; the exact parts add exactly."""
    stated = method(question("a", "33.33"), question("b", "33.33"), question("c", "33.34"))
    stated["rounding"]["places"] = 0
    case = {"method": stated, "bids": {"A": {}}, "agreed": [agreed("A", name, "1") for name in "abc"]}
    (standing,) = evaluate(case).ranking
    assert sum(standing.marks.values()) == standing.total == 20
    assert standing.to_dict(0)["marks"] == {"a": "7", "b": "7", "c": "7"}


def test_the_normalisation_chooses_the_winner():
    """On a scale of 1 to 9, s/9 and (s-1)/8 give different winners on the same scores."""
    stated = method(question("a", "60", scale="jet"), question("b", "40", scale="pass"))
    stated["scales"] = {
        "jet": {"minimum": "1", "maximum": "9"},
        "pass": {"minimum": "0", "maximum": "10", "step": "0.1"},
    }
    case = {
        "method": stated,
        "bids": {"A": {}, "B": {}},
        "agreed": [
            agreed("A", "a", "9"),
            agreed("A", "b", "0"),
            agreed("B", "a", "5"),
            agreed("B", "b", "7"),
        ],
    }
    assert [bid for bid, _, _ in outcome(evaluate(case))] == ["B", "A"]
    stated["scales"]["jet"]["normalise"] = "from_minimum"
    assert [bid for bid, _, _ in outcome(evaluate(case))] == ["A", "B"]


def test_scales_beyond_machine_integers_stay_exact():
    """A scale of 10**24 steps is summed in Python integers, without overflow and without a float."""
    stated = method(question("q", "100", "young_people", scale="vast"))
    top = "9" * 15 + "." + "9" * 9
    stated["scales"] = {"vast": {"minimum": "0", "maximum": top, "step": "0.000000001"}}
    case = {"method": stated, "bids": {"A": {}, "B": {}}, "scores": []}
    case["scores"] = [*scores("A", "q", [top, top]), *scores("B", "q", [top, top[:-1] + "8"])]
    totals = [standing.total for standing in evaluate(case).ranking]
    assert totals == [100, 100 - Fraction(50, 10**24 - 1)]


def test_the_order_of_the_input_changes_nothing():
    """Bids, scores, agreed scores and keys in any order give the same result."""
    case = complete()
    expected = evaluate(case).to_dict()
    shuffle = random.Random(7).shuffle
    for key in ("scores", "agreed"):
        shuffle(case[key])
    case["bids"] = dict(reversed(case["bids"].items()))
    case["method"]["criteria"][1]["panels"] = {"young_people": "40", "professional": "60"}
    case["method"]["panels"] = dict(reversed(case["method"]["panels"].items()))
    assert evaluate(dict(reversed(case.items()))).to_dict() == expected


def test_bytes_and_values_give_the_same_result():
    """A case read from JSON and the same case as values have equal results."""
    assert evaluate(read_case(json.dumps(complete()).encode())) == evaluate(complete())
