"""Drawing whole valid cases at random, from a seed or from Hypothesis."""

import random
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

FORMULAS = [
    {"formula": "lowest_relative"},
    {"formula": "percentage_deviation"},
    {"formula": "min_max"},
    {"formula": "mean_relative"},
    {"formula": "benchmark", "floor": "60", "ceiling": "140"},
    {"formula": "banded", "bands": [["5", "100"], ["15", "80"], ["30.5", "60"]]},
]
SCALES = {
    "0-5": {"minimum": "0", "maximum": "5"},
    "1-9": {"minimum": "1", "maximum": "9", "step": "1", "normalise": "from_minimum"},
    "jet": {"minimum": "1", "maximum": "9", "normalise": "from_zero"},
    "halves": {"minimum": "-2", "maximum": "3", "step": "0.5", "normalise": "from_minimum"},
}


class Chance:
    """The choices of a case, from random.Random.

    A coarse case has round weights, scores at the ends of their scales and few prices, so that totals meet.
    """

    coarse = False

    def __init__(self, seed):
        self.random = random.Random(seed)

    def whole(self, low, high):
        return self.random.randint(low, high)


class Drawn(Chance):
    """The choices of a case, from Hypothesis, which can make a failing one smaller."""

    def __init__(self, draw):
        self.draw = draw

    def whole(self, low, high):
        return self.draw(st.integers(low, high))


def pick(chance, items):
    """Return one of some items."""
    return items[chance.whole(0, len(items) - 1)]


def hundred(chance, count):
    """Return that many decimals above 0 that total 100 exactly."""
    if chance.coarse:
        return ["20"] * (count - 1) + [str(120 - 20 * count)]
    cuts = sorted(chance.whole(1, 9_999 - count) for _ in range(count - 1))
    places = [cut + index for index, cut in enumerate(cuts)]
    ends = [0, *places, 10_000]
    return [decimal(Fraction(right - left, 100)) for left, right in pairwise(ends)]


def decimal(value):
    """Return a fraction of at most nine decimals as a text."""
    return f"{value.numerator * 10**9 // value.denominator / 10**9:.9f}".rstrip("0").rstrip(".")


def score(chance, scale):
    """Return a score on a scale, a coarse one at one of its ends."""
    stated = SCALES[scale]
    low, step = Fraction(stated["minimum"]), Fraction(stated.get("step", "1"))
    steps = int((Fraction(stated["maximum"]) - low) / step)
    return decimal(low + step * (steps * chance.whole(0, 1) if chance.coarse else chance.whole(0, steps)))


def leaf(chance, name, weight, panels):
    """Return a scored criterion."""
    node = {"id": name, "weight": weight, "scale": pick(chance, ["0-5"] if chance.coarse else list(SCALES))}
    several = chance.whole(0, 2) == 0 and len(panels) > 1
    if several:
        node["panels"] = dict(zip(panels, hundred(chance, len(panels)), strict=True))
    else:
        node["panel"] = pick(chance, panels)
    if chance.whole(0, 3) == 0:
        node["minimum"] = decimal(Fraction(SCALES[node["scale"]]["minimum"]) + chance.whole(0, 2))
    return node


def tree(chance, panels, *, priced):
    """Return roots: questions, perhaps a group, perhaps a pilot's question, perhaps prices."""
    count, prices = chance.whole(1, 3), chance.whole(1, 2) if priced else 0
    weights = hundred(chance, count + prices)
    roots = [leaf(chance, f"q{index}", weights[index], panels) for index in range(count)]
    if chance.whole(0, 1):
        inner = hundred(chance, 2)
        children = [leaf(chance, f"g{index}", inner[index], panels) for index in range(2)]
        roots[0] = {"id": "group", "weight": weights[0], "children": children}
    for index in range(prices):
        price = pick(chance, FORMULAS)
        roots.append({"id": f"price{index}", "weight": weights[count + index], "price": price})
    if chance.whole(0, 2) == 0:
        roots.append({"id": "pilot", "weight": "0", "panel": "parents", "scale": "0-5"})
    return roots


def names_in(nodes):
    """Return every id of a tree."""
    return [name for node in nodes for name in [node["id"], *names_in(node.get("children", []))]]


def flat(nodes):
    """Return the leaves of a tree."""
    return [item for node in nodes for item in (flat(node["children"]) if "children" in node else [node])]


def draw_case(chance, *, priced=None):
    """Return a valid case with everything that a method can have: minimums, ties, recusals, pilots."""
    chance.coarse = chance.whole(0, 1) == 0
    panels = {
        "adults": {"combine": "agreed"},
        "young": {"combine": "mean", "quorum": chance.whole(1, 2)},
        "mixed": {"combine": "median"},
        "parents": {"combine": "mean", "counts": False},
    }
    counting = ["adults", "young", "mixed"][: chance.whole(1, 3)]
    has_price = bool(chance.whole(0, 2)) if priced is None else priced
    criteria = tree(chance, counting, priced=has_price)
    method = {"scales": SCALES, "panels": panels, "criteria": criteria}
    if not has_price and chance.whole(0, 2) == 0:
        method["ranking"] = "price_per_quality_point"
        for item in flat(criteria):
            item["scale"] = "jet"  # its lowest score earns marks, so no total is 0
            item.pop("minimum", None)
    method["rounding"] = {"places": chance.whole(0, 9), "mode": "half_up"}
    choices = [*names_in(criteria), "lowest_price"]
    method["tie_break"] = list(
        dict.fromkeys(pick(chance, choices) for _ in range(2 if chance.coarse else chance.whole(0, 2)))
    )
    if chance.whole(0, 2) == 0:
        method["tie_break"].append("drawn_lot")
    prices = ["90", "120"] if chance.coarse else [str(price) for price in range(80, 151)]
    bids = {f"B{index}": {"price": pick(chance, prices)} for index in range(chance.whole(1, 5))}
    case = {"method": method, "bids": bids, "scores": [], "agreed": [], "recused": []}
    if "drawn_lot" in method["tie_break"] and chance.whole(0, 1):
        case["drawn"] = sorted(bids, reverse=True)[: chance.whole(1, len(bids))]
    for item in flat(criteria):
        for panel in [] if "price" in item else item.get("panels", [item.get("panel")]):
            fill(chance, case, panel, item)
    if chance.whole(0, 2) == 0:
        case["recused"] = [{"panel": "young", "member": "m9"}, {"panel": "mixed", "member": "nobody"}]
    else:
        case["scores"] = [entry for entry in case["scores"] if entry["member"] != "m9"]
    return case


def fill(chance, case, panel, item):
    """Add the scores of one panel on one leaf for every bid."""
    for bid in case["bids"]:
        base = {"panel": panel, "bid": bid, "criterion": item["id"]}
        if case["method"]["panels"][panel]["combine"] == "agreed":
            case["agreed"].append({**base, "score": score(chance, item["scale"]), "reason": "As minuted."})
            continue
        members = ["m1", "m2", "m3"] if panel != "mixed" else ["m1", "m2", "m3", "m4"][: 3 + len(item["id"]) % 2]
        if panel == "young" and bid == "B0":
            members = [*members, "m9"]  # recused after one bid: must not count anywhere
        same = score(chance, item["scale"])
        for member in members:
            given = same if chance.coarse else score(chance, item["scale"])
            case["scores"].append({**base, "member": member, "score": given})


@st.composite
def cases(draw, *, priced=None):
    """A Hypothesis strategy of valid cases."""
    return draw_case(Drawn(draw), priced=priced)
