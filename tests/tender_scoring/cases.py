"""Small cases written out, and the reference data beside the checkout."""

import json
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "data"
"""Where the reference data lies beside the checkout, if it does."""


def reference(name):
    """Return a reference document, or skip the test with the reason."""
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"reference data beside the checkout is absent: {name}")
    return json.loads(path.read_text(encoding="utf-8"))


def method(*criteria, **parts):
    """Return a method with a scale of 0 to 5, three panels, and the given criteria."""
    stated = {
        "scales": {"0-5": {"minimum": "0", "maximum": "5"}},
        "panels": {
            "professional": {"combine": "agreed"},
            "young_people": {"combine": "mean", "quorum": 2},
            "parents": {"combine": "mean", "counts": False},
        },
        "criteria": list(criteria),
        "rounding": {"places": 4, "mode": "half_up"},
    }
    return stated | parts


def question(name, weight, panel="professional", **more):
    """Return a criterion of one panel."""
    return {"id": name, "weight": weight, "panel": panel, "scale": "0-5"} | more


def price(weight, **formula):
    """Return the price criterion."""
    return {"id": "price", "weight": weight, "price": formula or {"formula": "lowest_relative"}}


def agreed(bid, criterion, score, panel="professional", reason="The answer names two staff and their training."):
    """Return an agreed score."""
    return {"panel": panel, "bid": bid, "criterion": criterion, "score": score, "reason": reason}


def scores(bid, criterion, values, panel="young_people"):
    """Return one score for each member y1, y2, ... of a panel."""
    return [
        {"panel": panel, "member": f"y{index}", "bid": bid, "criterion": criterion, "score": value}
        for index, value in enumerate(values, 1)
    ]


def priced(**prices):
    """Return bids by id with their prices."""
    return {bid: {"price": value} for bid, value in prices.items()}


def quality_and_price(weight, quality, prices, formula="lowest_relative", scale_top="100", **parameters):
    """Return a case of one agreed quality score and a price criterion: what most published examples are."""
    rest = str(100 - int(weight))
    stated = method(
        {"id": "quality", "weight": weight, "panel": "professional", "scale": "marks"},
        price(rest, formula=formula, **parameters),
    )
    stated["scales"] = {"marks": {"minimum": "0", "maximum": scale_top, "step": "0.01"}}
    return {
        "method": stated,
        "bids": priced(**prices),
        "agreed": [agreed(bid, "quality", value) for bid, value in quality.items()],
    }


def complete():
    """Return a complete, valid case with a pilot, a shared criterion, a minimum and a price."""
    stated = method(
        question("safeguarding", "30", minimum="3"),
        {
            "id": "outcomes",
            "weight": "40",
            "panels": {"professional": "60", "young_people": "40"},
            "scale": "0-5",
        },
        price("30"),
        question("parents-view", "0", "parents"),
        tie_break=["outcomes", "lowest_price"],
    )
    return {
        "method": stated,
        "bids": priced(A="118000", B="125000"),
        "scores": [
            *scores("A", "outcomes", ["4", "3"]),
            *scores("B", "outcomes", ["5", "4"]),
            *scores("A", "parents-view", ["2"], "parents"),
            *scores("B", "parents-view", ["3"], "parents"),
        ],
        "agreed": [
            agreed("A", "safeguarding", "4"),
            agreed("B", "safeguarding", "3"),
            agreed("A", "outcomes", "4"),
            agreed("B", "outcomes", "4"),
        ],
        "recused": [{"panel": "young_people", "member": "y9"}],
    }


def outcome(result):
    """Return bids with rank and total as printed."""
    return [(entry["bid"], entry["rank"], entry["total"]) for entry in result.to_dict()["ranking"]]
