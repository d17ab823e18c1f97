"""A second engine, deliberately naive: dictionaries, fractions and loops, sharing no code with the first.

It reads the same document, assumes that it is valid, and returns what the result should be, less its steps
and its hash.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction


def shown(value, places):
    """Return a fraction rounded half up, by way of the standard library's decimals."""
    with localcontext() as context:
        context.prec = 400
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        text = format(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP), "f")
    return text.removeprefix("-") if not any(digit in text for digit in "123456789") else text


def leaves(nodes, above=Fraction(100)):
    """Return (leaf, marks out of 100) in tree order."""
    found = []
    for node in nodes:
        marks = above * Fraction(node["weight"]) / 100
        found += leaves(node["children"], marks) if "children" in node else [(node, marks)]
    return found


def shares(leaf):
    """Return the panels of a scored leaf in the order of their ids, with their shares."""
    given = leaf["panels"] if "panels" in leaf else {leaf["panel"]: "100"}
    return [(panel, Fraction(given[panel]) / 100) for panel in sorted(given)]


def combined(case, panel, bid, leaf):
    """Return the panel's one score for a bid on a leaf, on the scale."""
    how = case["method"]["panels"][panel]["combine"]
    if how == "agreed":
        (entry,) = [
            entry
            for entry in case["agreed"]
            if (entry["panel"], entry["bid"], entry["criterion"]) == (panel, bid, leaf["id"])
        ]
        return Fraction(entry["score"])
    gone = {entry["member"] for entry in case.get("recused", []) if entry["panel"] == panel}
    scores = sorted(
        Fraction(entry["score"])
        for entry in case["scores"]
        if (entry["panel"], entry["bid"], entry["criterion"]) == (panel, bid, leaf["id"])
        and entry["member"] not in gone
    )
    if how == "mean":
        return sum(scores) / len(scores)
    half = len(scores) // 2
    return scores[half] if len(scores) % 2 else (scores[half - 1] + scores[half]) / 2


def normalised(case, leaf, score):
    """Return a score as a share of the marks."""
    scale = case["method"]["scales"][leaf["scale"]]
    low, high = Fraction(scale["minimum"]), Fraction(scale["maximum"])
    if scale.get("normalise", "from_zero") == "from_zero":
        return score / high
    return (score - low) / (high - low)


def price_share(formula, price, prices):
    """Return the share of the marks that a price earns among the standing prices."""
    low, high, mean = min(prices), max(prices), sum(prices) / len(prices)
    match formula["formula"]:
        case "lowest_relative":
            return low / price
        case "percentage_deviation":
            return max(Fraction(0), (2 * low - price) / low)
        case "min_max":
            return Fraction(1) if high == low else (high - price) / (high - low)
        case "mean_relative":
            points = 50 - 100 * (price - mean) / mean
            return min(Fraction(100), max(Fraction(0), points)) / 100
        case "benchmark":
            floor, ceiling = Fraction(formula["floor"]), Fraction(formula["ceiling"])
            return Fraction(1) if price <= floor else (ceiling - price) / (ceiling - floor)
        case "banded":
            for limit, marks in formula["bands"]:
                if price <= low + low * Fraction(limit) / 100:
                    return Fraction(marks) / 100
            return Fraction(0)


def eliminations(case, places):
    """Return the eliminated entries in tree order."""
    entries = []
    for leaf, _ in leaves(case["method"]["criteria"]):
        ceiling = leaf.get("price", {}).get("ceiling")
        for panel, _ in [] if "price" in leaf else shares(leaf):
            if "minimum" in leaf and case["method"]["panels"][panel].get("counts", True):
                for bid in sorted(case["bids"]):
                    score, minimum = combined(case, panel, bid, leaf), Fraction(leaf["minimum"])
                    if score < minimum:
                        entries.append(
                            {
                                "bid": bid,
                                "criterion": leaf["id"],
                                "panel": panel,
                                "score": shown(score, places),
                                "minimum": shown(minimum, places),
                            }
                        )
        for bid in sorted(case["bids"]) if ceiling else []:
            price = Fraction(case["bids"][bid]["price"])
            if price > Fraction(ceiling):
                entries.append(
                    {
                        "bid": bid,
                        "criterion": leaf["id"],
                        "price": shown(price, places),
                        "ceiling": shown(Fraction(ceiling), places),
                    }
                )
    return entries


def marks_of(case, bid, standing):
    """Return the marks of every node and of every counting panel for one bid."""
    by_panel = {name: Fraction(0) for name, panel in case["method"]["panels"].items() if panel.get("counts", True)}
    marks = {}

    def visit(node, above):
        worth = above * Fraction(node["weight"]) / 100
        if "children" in node:
            marks[node["id"]] = sum(visit(child, worth) for child in node["children"])
        elif "price" in node:
            prices = [Fraction(case["bids"][other]["price"]) for other in standing]
            share = price_share(node["price"], Fraction(case["bids"][bid]["price"]), prices)
            marks[node["id"]] = worth * share
        else:
            marks[node["id"]] = Fraction(0)
            for panel, share in shares(node):
                earned = worth * share * normalised(case, node, combined(case, panel, bid, node))
                marks[node["id"]] += earned
                if panel in by_panel:
                    by_panel[panel] += earned
        return marks[node["id"]]

    total = sum(visit(node, Fraction(100)) for node in case["method"]["criteria"])
    return total, marks, by_panel


def pilots(case, places):
    """Return the normalised scores of panels that do not count."""
    found = {}
    for name, panel in case["method"]["panels"].items():
        if not panel.get("counts", True):
            found[name] = {
                bid: {
                    leaf["id"]: shown(normalised(case, leaf, combined(case, name, bid, leaf)), places)
                    for leaf, _ in leaves(case["method"]["criteria"])
                    if "price" not in leaf and name in dict(shares(leaf))
                }
                for bid in case["bids"]
            }
    return found


def groups_in_order(case, values, marks):
    """Return the bids in groups of equal rank, and which ties a published rule broke."""
    broken = []

    def split(bids, key):
        by_value = {}
        for bid in sorted(bids):
            by_value.setdefault(key(bid), []).append(bid)
        return [by_value[value] for value in sorted(by_value, reverse=True)]

    def resolve(bids, rules):
        if len(bids) == 1 or not rules:
            return [bids]
        if rules[0] == "drawn_lot":
            order = case.get("drawn", [])
            if not all(bid in order for bid in bids):
                return [bids]
            pieces = [[bid] for bid in sorted(bids, key=order.index)]
        elif rules[0] == "lowest_price":
            pieces = split(bids, lambda bid: -Fraction(case["bids"][bid]["price"]))
        else:
            pieces = split(bids, lambda bid: marks[bid][rules[0]])
        if len(pieces) > 1:
            broken.append({"bids": bids, "by": rules[0]})
        return [group for piece in pieces for group in resolve(piece, rules[1:])]

    rules = case["method"].get("tie_break", [])
    groups = [group for bids in split(values, values.get) for group in resolve(bids, rules)]
    return groups, broken


def result(case):
    """Return the whole result of a valid case, less its steps and its hash."""
    places = case["method"]["rounding"]["places"]
    eliminated = eliminations(case, places)
    standing = [bid for bid in case["bids"] if bid not in {entry["bid"] for entry in eliminated}]
    worked = {bid: marks_of(case, bid, standing) for bid in standing}
    per_point = case["method"].get("ranking") == "price_per_quality_point"
    values = {bid: worked[bid][0] for bid in standing}
    if per_point:
        values = {bid: -Fraction(case["bids"][bid]["price"]) / worked[bid][0] for bid in standing}
    groups, broken = groups_in_order(case, values, {bid: worked[bid][1] for bid in standing})
    ranking = []
    for group in groups:
        rank = len(ranking) + 1
        for bid in group:
            total, marks, by_panel = worked[bid]
            entry = {"bid": bid, "rank": rank, "total": shown(total, places)}
            entry["marks"] = {name: shown(value, places) for name, value in marks.items()}
            entry["panels"] = {name: shown(value, places) for name, value in by_panel.items()}
            if per_point:
                entry["price_per_point"] = shown(-values[bid], places)
            ranking.append(entry)
    return {
        "ranking": ranking,
        "eliminated": eliminated,
        "ties": [group for group in groups if len(group) > 1],
        "tie_broken_by": broken,
        "pilots": pilots(case, places),
    }
