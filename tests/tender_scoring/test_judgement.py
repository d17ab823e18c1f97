"""Rank stability, members and their agreement, and reasons."""

import itertools
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from tender_scoring import Code, InvalidCase, diagnose, evaluate
from tender_scoring.case_reading import case_from
from tender_scoring.stability import moves_of
from tender_scoring.totals import Totals
from tests.tender_scoring.cases import agreed, complete, method, price, priced, question, scores
from tests.tender_scoring.drawing import Chance, draw_case


def test_the_same_seed_gives_the_same_simulation():
    """Diagnostics are reproducible: one seed, one answer; another seed draws others."""
    case = draw_case(Chance(3))
    first, second = diagnose(case, seed=5), diagnose(case, seed=5)
    assert first == second
    assert first.stability.simulations == 1000
    assert first.stability.seed == 5


def exactly(case):
    """Return how likely each bid is to be first, by going through every equally likely outcome."""
    entries = [(key, index) for key in ("agreed", "scores") for index in range(len(case[key]))]
    moves = {}
    for key, index in entries:
        entry = case[key][index]
        score = int(entry["score"])
        ways = [score + way if 0 <= score + way <= 5 else score - way for way in (-1, 1)]
        moves.setdefault(entry["bid"], []).extend((key, index, way) for way in ways)
    first = Counter()
    outcomes = list(itertools.product(*moves.values()))
    for outcome in outcomes:
        before = [case[key][index]["score"] for key, index, _ in outcome]
        for key, index, way in outcome:
            case[key][index]["score"] = str(way)
        first.update(entry.bid for entry in evaluate(case).ranking if entry.rank == 1)
        for (key, index, _), score in zip(outcome, before, strict=True):
            case[key][index]["score"] = score
    return {bid: Fraction(first[bid], len(outcomes)) for bid in case["bids"]}


def test_frequencies_approach_the_exact_probabilities():
    """With a minimum, a median and a relative price, 40,000 simulations come within 1.5% of every outcome."""
    stated = method(
        question("a", "30", minimum="2"),
        question("b", "40", "young_people"),
        price("30"),
    )
    stated["panels"]["young_people"] = {"combine": "median"}
    case = {
        "method": stated,
        "bids": priced(A="100", B="110"),
        "agreed": [agreed("A", "a", "2"), agreed("B", "a", "3")],
        "scores": [*scores("A", "b", ["5", "3", "2", "4"]), *scores("B", "b", ["0", "3", "4", "3"])],
    }
    expected = exactly(case)
    found = diagnose(case, simulations=40_000).stability
    for bid in found.bids:
        assert bid.first / found.simulations == pytest.approx(float(expected[bid.bid]), abs=0.015)
    assert found.bids[0].best == 1


@pytest.mark.parametrize("seed", range(12))
def test_a_single_move_is_worked_out_exactly(seed):
    """Each move's difference of marks is that of the case with the moved score, as is who fails a minimum."""
    case = case_from(draw_case(Chance(seed)))
    what = Totals(case)
    moves = moves_of(what)
    counting = [index for index, column in enumerate(case.columns) if case.parts[column.part].counts]
    for bid, (place, column), up in itertools.product(range(len(case.bids)), enumerate(counting), (False, True)):
        top = case.parts[case.columns[column].part].scale.steps
        cells = case.cells.copy()
        steps = int(cells[bid, column])
        cells[bid, column] = steps + 1 if (up and steps < top) or steps == 0 else steps - 1
        moved = Totals(replace(case, cells=cells))
        difference = Fraction(moved.quality[bid] - what.quality[bid], what.form.denominator)
        choice = place + up * len(counting)
        assert moves.marks[bid, choice] == pytest.approx(float(difference), abs=1e-12)
        assert moves.failures[bid, choice] == moved.below[bid].sum() - what.below[bid].sum()


def panel_of(*rows):
    """Return a case where the rows are members' scores of bids A, B, ... on one criterion."""
    stated = method(question("q", "100", "young_people"))
    bids = "ABCDEFGH"[: len(rows[0])]
    entries = [
        {"panel": "young_people", "member": f"y{member}", "bid": bid, "criterion": "q", "score": str(score)}
        for member, row in enumerate(rows)
        for bid, score in zip(bids, row, strict=True)
    ]
    return {"method": stated, "bids": priced(**dict.fromkeys(bids, "1")), "scores": entries}


def test_severity_compares_a_member_with_the_others():
    """A member always a step above two others is half a step more generous than they are strict."""
    first, second, third = diagnose(panel_of([3, 4, 5], [2, 3, 4], [2, 3, 4])).members
    assert (first.severity, second.severity, third.severity) == (
        Fraction(1, 5),
        Fraction(-1, 10),
        Fraction(-1, 10),
    )
    assert first.to_dict()["spread"] == "0.1633"


def test_agreement_is_whole_where_members_agree():
    """Equal scores have an alpha of 1, opposite ones a negative alpha, and constant ones none."""

    def alpha(*rows):
        (found,) = diagnose(panel_of(*rows)).agreement
        return found.alpha

    assert alpha([1, 3, 5], [1, 3, 5]) == 1
    assert alpha([0, 5], [5, 0]) == Fraction(-1, 2)
    assert alpha([3, 3], [3, 3]) is None
    assert diagnose(panel_of([3, 3], [3, 3])).agreement[0].to_dict()["alpha"] is None


def test_weak_reasons_are_named():
    """An agreed reason shorter than a sentence, or like its score's descriptor, is listed; others are not."""
    case = complete()
    descriptor = "A good answer with relevant detail and evidence."
    case["method"]["scales"]["0-5"]["bands"] = [{"score": "4", "label": "Good", "descriptor": descriptor}]
    case["agreed"][0]["reason"] = descriptor
    case["agreed"][1]["reason"] = "Fine."
    found = diagnose(case)
    assert [entry.to_dict() for entry in found.weak_reasons] == [
        {"panel": "professional", "bid": "A", "criterion": "safeguarding", "fault": "like_descriptor"},
        {"panel": "professional", "bid": "B", "criterion": "safeguarding", "fault": "short"},
    ]
    assert [(entry.member, entry.scores, entry.missing) for entry in found.member_reasons] == [
        ("y1", 2, 2),
        ("y1", 2, 2),
        ("y2", 2, 2),
    ]


def test_diagnosing_refuses_what_evaluating_refuses():
    """A case without bids is refused by both with the same code."""
    with pytest.raises(InvalidCase) as refusal:
        diagnose(complete() | {"bids": {}})
    assert refusal.value.code == Code.NO_BIDS


def test_nobody_standing_is_a_diagnosis():
    """Where every bid is eliminated there is no winner, no margin, and nobody first in a simulation."""
    case = complete()
    case["method"]["criteria"][0]["minimum"] = "5"
    case["agreed"][0]["score"] = case["agreed"][1]["score"] = "3"
    found = diagnose(case)
    assert (found.winners, found.margin, found.without_bid) == ((), None, ())
    assert [(bid.first, bid.best, bid.worst) for bid in found.stability.bids] == [(0, None, None)] * 2
