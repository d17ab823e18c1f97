"""Halo, order of reading, and who bids: found where they were put, and not where chance alone was at work."""

import random
from fractions import Fraction
from itertools import combinations

import pytest

from tender_scoring import Background, case_from, diagnose, evaluate
from tender_scoring.effects import LEAST_BIDS, TRIALS, effects
from tender_scoring.totals import Totals
from tests.tender_scoring.cases import method, question

BIDS = [f"B{number:02}" for number in range(24)]
QUESTIONS = ["a", "b", "c", "d"]
MEMBERS = ["y1", "y2", "y3", "y4"]


def scored(give, bids=BIDS, members=MEMBERS):
    """A case of one panel whose members give each bid so many of 20 steps: give(member, bid, question, random)."""
    stated = method(*(question(name, "25", "young_people") for name in QUESTIONS))
    stated["scales"]["0-5"] = {"minimum": "0", "maximum": "20"}
    stated["panels"]["young_people"] = {"combine": "mean"}
    chance = random.Random(7)
    cells = [
        {
            "panel": "young_people",
            "member": member,
            "bid": bid,
            "criterion": name,
            "score": give(member, bid, name, chance),
        }
        for member in members
        for bid in bids
        for name in QUESTIONS
    ]
    for cell in cells:
        cell["score"] = str(min(20, max(0, cell["score"])))
    return {"method": stated, "bids": {bid: {} for bid in bids}, "scores": cells}


def by_chance(_member, _bid, _question, chance):
    """Any step, whoever gives it to whomever."""
    return chance.randint(0, 20)


def met(bids=BIDS, members=MEMBERS, seed=3):
    """An order at random for each member."""
    chance = random.Random(seed)
    return {member: chance.sample(bids, len(bids)) for member in members}


def found(case, kind, **background):
    """The effects of that kind."""
    told = effects(Totals(case_from(case)), Background(**background), seed=1)
    return [effect for effect in told if effect.kind == kind]


def test_a_member_whose_view_of_a_bid_colours_every_answer_is_found():
    """Whoever gives a whole bid more or less than the others is beyond chance; colleagues who do not are within."""
    likes = {bid: random.Random(bid).choice([-6, 0, 6]) for bid in BIDS}

    def give(member, bid, _question, chance):
        return 10 + chance.randint(-2, 2) + (likes[bid] if member == "y1" else 0)

    halos = {effect.member: effect for effect in found(scored(give), "halo")}
    assert set(halos) == set(MEMBERS)
    assert halos["y1"].verdict == "beyond"
    assert halos["y1"].size > 0.7
    assert max(effect.size for member, effect in halos.items() if member != "y1") < halos["y1"].size


def test_a_member_who_is_strict_with_everybody_has_no_halo():
    """Strictness, and being hard on one question, is no view of a bid."""

    def give(member, _bid, name, chance):
        return 10 + chance.randint(-2, 2) - (4 if member == "y1" else 0) + (3 if name == "a" and member == "y1" else 0)

    (halo,) = [effect for effect in found(scored(give), "halo") if effect.member == "y1"]
    assert halo.verdict == "within"


def test_what_is_read_last_and_marked_higher_is_found_with_its_size():
    """From the first to the last bid a member gives 6 of 20 steps more: three tenths of the scale, less roundings."""
    orders = met()

    def give(member, bid, _question, chance):
        return 7 + round(6 * orders[member].index(bid) / (len(BIDS) - 1)) + chance.randint(-1, 1)

    (order,) = found(scored(give), "order", met=orders)
    assert order.verdict == "beyond"
    assert order.bids == len(BIDS)
    assert 0.3 < order.size < 0.48  # the others met the same bids at other places: their means say nothing of the order


def test_without_a_known_order_nothing_is_said_of_it():
    """Nor of who bids, where nobody asked."""
    kinds = {effect.kind for effect in diagnose(scored(by_chance), simulations=1).effects}
    assert kinds == {"halo"}


@pytest.mark.parametrize("kind", ["incumbent", "small"])
def test_who_bids_is_compared_with_every_way_to_deal_the_label(kind):
    """Size and interval are those of the definition, with fractions and loops."""
    bids = BIDS[:10]
    case, label = scored(by_chance, bids=bids), {"B00", "B03", "B04"}
    names = {"incumbent": "incumbents", "small": "small"}
    (effect,) = found(case, kind, **{names[kind]: label})
    marks = {entry.bid: entry.panels["young_people"] / 100 for entry in evaluate(case).ranking}

    def apart(some):
        inside, outside = [marks[bid] for bid in some], [marks[bid] for bid in bids if bid not in some]
        return sum(inside) / len(inside) - sum(outside) / len(outside)

    dealt = sorted(apart(some) for some in combinations(bids, 3))
    assert (effect.trials, effect.seed) == (len(dealt), None)
    assert effect.size == pytest.approx(float(apart(label)), abs=1e-9)
    assert effect.low == pytest.approx(float(dealt[-(-len(dealt) * 25 // 1000) - 1]), abs=1e-9)
    assert effect.high == pytest.approx(float(dealt[-(-len(dealt) * 975 // 1000) - 1]), abs=1e-9)
    assert isinstance(dealt[0], Fraction)


def test_incumbents_that_come_out_higher_are_found():
    """In every way there is, or in a sample of them where these are many."""
    label = set(BIDS[:12])

    def give(_member, bid, _question, chance):
        return 8 + chance.randint(-3, 3) + (4 if bid in label else 0)

    (effect,) = found(scored(give), "incumbent", incumbents=label)
    assert (effect.verdict, effect.trials, effect.seed) == ("beyond", TRIALS, 1)
    assert effect.size == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("kind", "case", "background"),
    [
        ("halo", scored(by_chance, bids=BIDS[: LEAST_BIDS - 1]), {}),
        ("halo", scored(by_chance, members=MEMBERS[:2]), {}),
        ("order", scored(by_chance, bids=BIDS[: LEAST_BIDS - 1]), {"met": met()}),
        ("order", scored(by_chance, members=MEMBERS[:1]), {"met": met()}),
        ("incumbent", scored(by_chance), {"incumbents": BIDS[:1]}),
        ("incumbent", scored(by_chance), {"incumbents": []}),
        ("small", scored(by_chance), {"small": BIDS}),
        ("small", scored(lambda *_: 10, bids=BIDS[:6]), {"small": BIDS[:2]}),
    ],
)
def test_below_the_least_numbers_nothing_is_said(kind, case, background):
    """Too few bids, members or ways to deal: no size, and the words for it."""
    told = found(case, kind, **background)
    assert told
    for effect in told:
        assert (effect.verdict, effect.size) == ("too_few", None)
        assert effect.to_dict()["size"] is None


def test_marks_that_are_all_the_same_show_no_effect():
    """The last roundings of double precision are not taken for one."""
    case = scored(lambda *_: 7)
    (order,) = found(case, "order", met=met())
    (small,) = found(case, "small", small=BIDS[:12])
    assert (order.size, order.verdict) == (0, "within")
    assert (small.size, small.verdict) == (0, "within")
    assert {effect.verdict for effect in found(case, "halo")} == {"too_few"}


def test_chance_alone_is_taken_for_an_effect_as_often_as_it_is_said():
    """Of 200 orders of reading that meant nothing, about one in twenty lies outside."""
    what = Totals(case_from(scored(by_chance, bids=BIDS[:8])))
    told = [effects(what, Background(met=met(BIDS[:8], seed=seed)), seed=1) for seed in range(200)]
    beyond = sum(effect.verdict == "beyond" for each in told for effect in each if effect.kind == "order")
    assert 2 <= beyond <= 22  # 10 expected; 3.9 standard deviations


def test_the_same_seed_says_the_same_whatever_the_order_of_the_input():
    """Entries and bids in another order, and no mark is another for it."""
    case = scored(by_chance)
    background = {"met": met(), "incumbents": BIDS[:9], "small": BIDS[3:]}
    turned = {**case, "scores": case["scores"][::-1], "bids": dict(reversed(case["bids"].items()))}
    first, again = (diagnose(each, simulations=1, background=Background(**background)) for each in (case, turned))
    assert [one.to_dict() for one in first.effects] == [one.to_dict() for one in again.effects]
    assert len(first.effects) == len(MEMBERS) + 3
