"""Worked examples from published guidance and literature, with the figures their authors printed.

Each docstring names the source. Where a source prints rounded figures, the engine's are rounded to the same
places and no further.
"""

from fractions import Fraction

from tender_scoring import evaluate
from tender_scoring.members import krippendorff_alpha
from tender_scoring.rounding import half_up
from tests.tender_scoring.cases import agreed, method, outcome, price, priced, quality_and_price


def price_marks(case, places):
    """Return the marks of the price criterion by bid."""
    return {standing.bid: half_up(standing.marks["price"], places) for standing in evaluate(case).ranking}


def test_crown_commercial_service_fixed_quotes():
    """Quotes of 15,000, 10,000 and 30,000 score 0.667, 1 and 0.333.

    Source: the Crown Commercial Service's Digital Marketplace guidance on scoring fixed quotes, as quoted by
    Shakespeare Martineau, "Evaluating price in tenders" (13 May 2021), and by Public Spend Forum Europe,
    "Evaluating and Scoring Price" (17 May 2016).
    """
    case = {
        "method": method(price("100")),
        "bids": priced(A="15000", B="10000", C="30000"),
    }
    shares = {standing.bid: half_up(standing.total / 100, 3) for standing in evaluate(case).ranking}
    assert shares == {"A": "0.667", "B": "1.000", "C": "0.333"}


def test_negometrix_low_bid_scoring_formula():
    """Bidder A with 40 of 60, 30 of 40, 20 of 30 and $10,000 has 73%; B with 32, 20, 22 and $8,000 has 72%.

    Source: Negometrix support, "Low Bid Scoring Formula", article 44001761046.
    """
    tops = {"experience": ("30", "60"), "assurance": ("20", "40"), "time": ("15", "30")}
    stated = method(
        *({"id": name, "weight": weight, "panel": "professional", "scale": name} for name, (weight, _) in tops.items()),
        price("35"),
    )
    stated["scales"] = {name: {"minimum": "0", "maximum": top} for name, (_, top) in tops.items()}
    given = {"A": ("40", "30", "20"), "B": ("32", "20", "22")}
    case = {
        "method": stated,
        "bids": priced(A="10000", B="8000"),
        "agreed": [
            agreed(bid, name, score) for bid, marks in given.items() for name, score in zip(tops, marks, strict=True)
        ],
    }
    assert outcome(evaluate(case)) == [("A", 1, "73.0000"), ("B", 2, "72.0000")]
    assert price_marks(case, 0) == {"A": "28", "B": "35"}


def test_impact_bids_forty_per_cent_price():
    """At 40% price, prices of 100, 105 and 108 pounds earn 40, 38 and 37 points.

    Source: Impact Bids, "The Quality Imperative" (impactbids.com).
    """
    case = quality_and_price("60", dict.fromkeys("ABC", "50"), {"A": "100", "B": "105", "C": "108"})
    assert price_marks(case, 0) == {"A": "40", "B": "38", "C": "37"}


def test_egov_quality_cum_cost_normalisation():
    """Bids of 20, 40 and 60 crores have normalised financial scores of 100, 50 and 33.3.

    Source: the eGov blog (the-egov-blog.blogspot.com), on quality-cum-cost-based selection in India.
    """
    case = {
        "method": method(price("100")),
        "bids": priced(A="200000000", B="400000000", C="600000000"),
    }
    assert price_marks(case, 1) == {"A": "100.0", "B": "50.0", "C": "33.3"}


def test_materials_management_supplier_scorecard():
    """A price 25% above the lowest scores 25% lower, one 40% above scores 40% lower.

    Source: materialsmanagement.info, "Supplier's bid comparison formula": PS = MP x (1 - ((SP - LQB) / LQB)).
    """
    case = {
        "method": method(price("100", formula="percentage_deviation")),
        "bids": priced(A="1000", B="1250", C="1400"),
    }
    assert price_marks(case, 0) == {"A": "100", "B": "75", "C": "60"}


def test_procurement_templates_mean_calculation():
    """The mean earns 50; each percentage point above it takes one point off, each point below adds one.

    Source: procurementtemplates.co.uk, "Mean Calculation", steps (c) to (e).
    """
    case = {
        "method": method(price("100", formula="mean_relative")),
        "bids": priced(A="90", B="100", C="110"),
    }
    assert price_marks(case, 0) == {"A": "60", "B": "50", "C": "40"}


def units(*rows):
    """Return units by number from one row of values per observer, "." for none."""
    found = {}
    for observer, row in enumerate(rows):
        for unit, value in enumerate(row.split()):
            if value != ".":
                found.setdefault((unit, 0), {})[str(observer)] = int(value)
    return found


def test_krippendorff_four_observers():
    """Krippendorff's four observers of twelve units have an interval alpha of 0.849.

    Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania (2011),
    example D and E.
    """
    data = units(
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    assert half_up(krippendorff_alpha(data), 3) == "0.849"


def test_krippendorff_three_coders():
    """The three coders of the encyclopaedia's computational example have an interval alpha of 0.811.

    Source: Wikipedia, "Krippendorff's alpha", section "A computational example".
    """
    data = units(
        ". . . . . 3 4 1 2 1 1 3 3 . 3",
        "1 . 2 1 3 3 4 3 . . . . . . .",
        ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
    )
    assert half_up(krippendorff_alpha(data), 3) == "0.811"


def test_price_per_quality_point_by_hand():
    """100,000 pounds for 90 marks costs 1,111.11 a mark, 80,000 for 80 costs 1,000.00 and wins.

    Not a published figure: arithmetic on the definition in docs/scoring.md section 3, for a method that the
    Cabinet Office's Bid Evaluation Guidance Note (May 2021) treats in its section 7.3.
    """
    stated = method({"id": "quality", "weight": "100", "panel": "professional", "scale": "marks"})
    stated["scales"] = {"marks": {"minimum": "0", "maximum": "100"}}
    stated["ranking"] = "price_per_quality_point"
    stated["rounding"]["places"] = 2
    case = {
        "method": stated,
        "bids": priced(A="100000", B="80000"),
        "agreed": [agreed("A", "quality", "90"), agreed("B", "quality", "80")],
    }
    ranking = evaluate(case).to_dict()["ranking"]
    assert [(entry["bid"], entry["price_per_point"]) for entry in ranking] == [
        ("B", "1000.00"),
        ("A", "1111.11"),
    ]
    assert evaluate(case).ranking[1].price_per_point == Fraction(10_000, 9)
