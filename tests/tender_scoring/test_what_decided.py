"""Flips, decisive weights, and leaving bids or members out, each against doing it the long way."""

import copy
from fractions import Fraction
from itertools import pairwise

import pytest

from tender_scoring import InvalidCase, diagnose, evaluate
from tests.tender_scoring import drawing
from tests.tender_scoring.cases import (
    agreed,
    complete,
    method,
    price,
    priced,
    quality_and_price,
    question,
    scores,
)


def winners(case):
    """Return who has the places that there are, or None where the case is refused."""
    places = case["method"].get("winners", 1)
    try:
        return tuple(sorted(standing.bid for standing in evaluate(case).ranking if standing.rank <= places))
    except InvalidCase:
        return None


def standing(case):
    """Return which bids stand."""
    return {entry.bid for entry in evaluate(case).ranking}


def flips_the_long_way(case):
    """Return every flip by evaluating the whole case again for each move of each agreed score."""
    scales = {name: {"step": "1", **scale} for name, scale in case["method"]["scales"].items()}
    leaves = {leaf["id"]: scales[leaf["scale"]] for leaf in drawing.flat(case["method"]["criteria"]) if "scale" in leaf}
    before, stood = winners(case), standing(case)
    found = set()
    for index, entry in enumerate(case["agreed"]):
        scale = leaves[entry["criterion"]]
        for sign in (-1, 1):
            score = Fraction(entry["score"]) + sign * Fraction(scale["step"])
            if not Fraction(scale["minimum"]) <= score <= Fraction(scale["maximum"]):
                continue
            moved = copy.deepcopy(case)
            moved["agreed"][index]["score"] = drawing.decimal(score) if score >= 0 else "-" + drawing.decimal(-score)
            after, stands = winners(moved), standing(moved)
            effect = "changes_winner" if after != before else None
            if stands != stood:
                effect = "eliminates" if stands < stood else "reinstates"
            if effect:
                found.add((entry["panel"], entry["bid"], entry["criterion"], score, effect, after))
    return found


def drawn(seed, places):
    """Return a case with so many places; one in three is coarse, so that totals meet."""
    chance = drawing.Chance(seed)
    chance.coarse = seed % 3 == 0
    case = drawing.draw_case(chance)
    if places > 1:
        case["method"]["winners"] = places
    return case


PLACES = [(seed, places) for places, seeds in ((1, 60), (2, 40), (3, 30)) for seed in range(seeds)]
"""Seeds and how many places there are: with three, often as many as bids stand, or more."""


@pytest.mark.parametrize(("seed", "places"), PLACES)
def test_flips_are_those_found_the_long_way(seed, places):
    """Reasoning over the linear form finds exactly the moves that evaluating each of them finds."""
    case = drawn(seed, places)
    if case["method"].get("ranking"):
        case["method"].pop("ranking")  # a move to a total of 0 would be refused, not ranked
    found = {
        (flip.panel, flip.bid, flip.criterion, flip.moved, flip.effect, flip.winners)
        for flip in diagnose(case, simulations=1).single_steps
    }
    assert found == flips_the_long_way(case)


def three_bids(a, b, c, places):
    """One criterion on a scale of 0 to 10 decides for so many of three bids; prices are all the same."""
    stated = method(question("a", "90"), price("10"))
    stated["scales"]["0-5"] = {"minimum": "0", "maximum": "10"}
    if places > 1:
        stated["winners"] = places
    given = [agreed("A", "a", a), agreed("B", "a", b), agreed("C", "a", c)]
    return {"method": stated, "bids": priced(A="1", B="1", C="1"), "agreed": given}


def test_with_two_places_what_decides_is_who_is_in_at_all():
    """A step that turns first and second round decides nothing; one between second and third does."""
    near_first = diagnose(three_bids("9", "8", "2", 2), simulations=50)
    assert (near_first.places, near_first.winners, near_first.single_steps) == (2, ("A", "B"), ())
    assert (near_first.margin.winner, near_first.margin.runner_up, near_first.margin.by) == ("B", "C", 54)
    assert near_first.stability.winner_kept == 50
    near_second = diagnose(three_bids("9", "4", "3", 2), simulations=50)
    found = {(flip.bid, flip.moved, flip.winners) for flip in near_second.single_steps}
    assert found == {("B", 3, ("A", "B", "C")), ("C", 4, ("A", "B", "C"))}
    assert 0 < near_second.stability.winner_kept < 50
    everybody = diagnose(three_bids("9", "4", "3", 3), simulations=50)
    assert (everybody.winners, everybody.single_steps, everybody.margin) == (("A", "B", "C"), (), None)
    assert near_first.to_dict()["places"] == 2


def test_a_tie_that_leaves_a_place_open_names_everybody_in_it():
    """Three places' worth of bids for two places: each step of one of those that tie decides."""
    found = diagnose(three_bids("9", "4", "4", 2), simulations=1)
    assert found.winners == ("A", "B", "C")
    assert found.margin.by == 0
    moves = {(flip.bid, flip.moved): flip.winners for flip in found.single_steps}
    assert moves == {("B", 3): ("A", "C"), ("B", 5): ("A", "B"), ("C", 3): ("A", "B"), ("C", 5): ("A", "C")}


def test_a_step_across_a_minimum_is_worked_out_again():
    """Falling below a minimum eliminates the winner; rising to it brings an eliminated bid back to win."""
    case = quality_and_price("70", {"A": "3", "B": "2", "C": "1"}, {"A": "3", "B": "4", "C": "5"}, scale_top="4")
    case["method"]["scales"]["marks"]["step"] = "1"
    case["method"]["criteria"][0]["minimum"] = "3"
    (flip, other) = diagnose(case).single_steps
    assert (flip.bid, flip.effect, flip.winners) == ("A", "eliminates", ())
    assert (other.bid, other.effect, other.winners) == ("B", "reinstates", ("A",))


def test_the_decisive_weight_of_the_scoring_rules():
    """With A at 80 and 60 and B at 70 and 80, the winner changes where the second panel has a third."""
    stated = method(question("a", "90"), question("b", "10", "young_people"))
    stated["scales"]["0-5"] = {"minimum": "0", "maximum": "100"}
    case = {
        "method": stated,
        "bids": priced(A="1", B="1"),
        "agreed": [agreed("A", "a", "80"), agreed("B", "a", "70")],
        "scores": [*scores("A", "b", ["60", "60"]), *scores("B", "b", ["80", "80"])],
    }
    found = {entry.panel: entry for entry in diagnose(case).decisive_weights}
    assert found["young_people"].above.weight == Fraction(1, 3)
    assert found["young_people"].below is None
    assert found["professional"].below.weight == Fraction(2, 3)
    assert found["professional"].to_dict() == {
        "panel": "professional",
        "share": {"exact": "9/10", "shown": "0.9000"},
        "below": {"exact": "2/3", "shown": "0.6667", "bids": ["B"]},
        "above": None,
        "stretches": [
            {"from": {"exact": "0/1", "shown": "0.0000"}, "to": {"exact": "2/3", "shown": "0.6667"}, "bids": ["B"]},
            {"from": {"exact": "2/3", "shown": "0.6667"}, "to": {"exact": "1/1", "shown": "1.0000"}, "bids": ["A"]},
        ],
    }


@pytest.mark.parametrize(("seed", "places"), PLACES)
def test_the_winner_changes_at_a_decisive_weight_and_not_before(seed, places):
    """Between the two thresholds the winners stay; a little beyond either they are others."""
    case = drawn(seed, places)
    result = evaluate(case)
    if not result.ranking:
        assert all(entry.below is entry.above is None for entry in diagnose(case, simulations=1).decisive_weights)
        return
    cost = {bid: Fraction(item["price"]) for bid, item in case["bids"].items()}
    per_pound = "ranking" in case["method"]

    def best(panel, share, weight):
        values = {}
        for entry in result.ranking:
            own = entry.panels[panel]
            total = own * weight / share + (entry.total - own) * (1 - weight) / (1 - share)
            values[entry.bid] = total / cost[entry.bid] if per_pound else total
        least = sorted(values.values(), reverse=True)[: case["method"].get("winners", 1)][-1]
        return {bid for bid, value in values.items() if value >= least}

    for entry in diagnose(case, simulations=1).decisive_weights:
        if not 0 < entry.share < 1:
            assert entry.below is entry.above is None
            continue
        low = entry.below.weight if entry.below else Fraction(0)
        high = entry.above.weight if entry.above else Fraction(1)
        first = set(winners(case))
        little = Fraction(1, 10**9)
        for part in range(1, 8):
            weight = low + (high - low) * Fraction(part, 8)
            assert low == high or weight in {low, high} or not first - best(entry.panel, entry.share, weight)
        if entry.below:
            assert best(entry.panel, entry.share, low - little) != best(entry.panel, entry.share, entry.share) or (
                low == entry.share
            )
        ends = [Fraction(0), *(stretch.end for stretch in entry.stretches)]
        assert [stretch.start for stretch in entry.stretches] == ends[:-1]
        assert ends[-1] == 1
        assert not entry.below or entry.below.weight in ends
        assert not entry.above or entry.above.weight in ends
        for stretch in entry.stretches:
            for part in (1, 2, 500, 998, 999):
                weight = stretch.start + (stretch.end - stretch.start) * Fraction(part, 1000)
                assert best(entry.panel, entry.share, weight) == set(stretch.bids)
        for before, after in pairwise(entry.stretches):
            assert set(before.bids) != set(after.bids)
        if entry.above:
            assert best(entry.panel, entry.share, high + little) != best(entry.panel, entry.share, entry.share) or (
                high == entry.share
            )


def order(case, without=None):
    """Return the bids in groups of equal rank, one of them left out of the groups."""
    groups = {}
    for entry in evaluate(case).ranking:
        if entry.bid != without:
            groups.setdefault(entry.rank, []).append(entry.bid)
    return list(groups.values())


@pytest.mark.parametrize(("seed", "places"), [pair for pair in PLACES if pair[0] < 30])
def test_leaving_out_is_what_the_smaller_case_gives(seed, places):
    """Without a bid, and without a member, the winners are those of the case that never had them."""
    case = drawn(seed, places)
    found = diagnose(case, simulations=1)
    for entry in found.without_bid:
        smaller = copy.deepcopy(case)
        del smaller["bids"][entry.bid]
        for key in ("scores", "agreed"):
            smaller[key] = [item for item in smaller[key] if item["bid"] != entry.bid]
        if "drawn" in smaller:
            smaller["drawn"] = [bid for bid in smaller["drawn"] if bid != entry.bid]
        if not smaller["bids"]:
            assert entry.winners == ()
            continue
        assert entry.winners == winners(smaller)
        assert entry.winner_changes == (winners(smaller) != winners(case))
        assert entry.order_changes == (order(smaller) != order(case, without=entry.bid))
    for entry in found.without_member:
        smaller = copy.deepcopy(case)
        smaller["method"]["panels"][entry.panel]["quorum"] = 1
        smaller["recused"].append({"panel": entry.panel, "member": entry.member})
        assert entry.winners == winners(smaller)
        assert entry.winner_changes == (winners(smaller) != winners(case))


def test_a_member_whose_absence_breaks_the_quorum_is_named():
    """Without one of two members under a quorum of two it says so, and still says who would win."""
    found = diagnose(complete()).without_member
    assert [(entry.member, entry.below_quorum, entry.winners) for entry in found] == [
        ("y1", True, ("A",)),
        ("y2", True, ("A",)),
    ]


def test_the_margin_is_exact():
    """The margin is the difference of exact totals, or of pounds per mark, and absent for a single bid."""
    found = diagnose(complete()).margin
    totals = [entry.total for entry in evaluate(complete()).ranking]
    assert (found.winner, found.runner_up, found.by) == ("A", "B", totals[0] - totals[1])
    stated = method(question("a", "100"), ranking="price_per_quality_point")
    case = {"method": stated, "bids": priced(A="90", B="80")}
    case["agreed"] = [agreed("A", "a", "5"), agreed("B", "a", "4")]
    assert diagnose(case).margin.by == Fraction(1) - Fraction(9, 10)
    alone = {"method": method(price("100")), "bids": priced(A="1")}
    assert diagnose(alone).margin is None
