"""Every refusal: its code, and the place that it names."""

import copy

import pytest

from tender_scoring import Code, InvalidCase, evaluate, validate_method
from tests.tender_scoring.cases import complete, question

METHOD = ("method",)
CRITERIA = ("method", "criteria")


def put(*path_and_value):
    """Return a change that puts a value at a path."""
    *path, last, value = path_and_value

    def change(case):
        target = case
        for key in path:
            target = target[key]
        target[last] = value

    return change


def drop(*path):
    """Return a change that deletes what is at a path."""
    *above, last = path

    def change(case):
        target = case
        for key in above:
            target = target[key]
        del target[last]

    return change


def add(*path_and_value):
    """Return a change that appends a value to the list at a path."""
    *path, value = path_and_value

    def change(case):
        target = case
        for key in path:
            target = target[key]
        target.append(value)

    return change


def both(*changes):
    """Return the changes one after the other."""

    def change(case):
        for one in changes:
            one(case)

    return change


SCALE = (*METHOD, "scales", "0-5")
PRICE = (*CRITERIA, 2, "price")
AGREED = {
    "panel": "professional",
    "bid": "A",
    "criterion": "safeguarding",
    "score": "4",
    "reason": "As minuted.",
}
SCORE = {"panel": "young_people", "member": "y1", "bid": "A", "criterion": "outcomes", "score": "4"}
DEEP = question("deep", "100")
for level in range(40):
    DEEP = {"id": f"level {level}", "weight": "100", "children": [DEEP]}

REFUSALS = [
    (Code.UNKNOWN_KEY, put("bidders", {}), "/bidders"),
    (Code.UNKNOWN_KEY, put("scores", 0, "note", "x"), "/scores/0/note"),
    (Code.UNKNOWN_KEY, put(*CRITERIA, 0, "scroe", "1"), "/method/criteria/0/scroe"),
    (Code.UNKNOWN_KEY, put("agreed", 0, "member", "y1"), "/agreed/0/member"),
    (Code.MISSING_KEY, drop("bids"), ""),
    (Code.MISSING_KEY, drop("scores", 1, "member"), "/scores/1"),
    (Code.MISSING_KEY, drop(*METHOD, "panels", "young_people", "combine"), "/method/panels/young_people"),
    (Code.MISSING_KEY, put(*PRICE, {}), "/method/criteria/2/price"),
    (Code.WRONG_TYPE, put("scores", {}), "/scores"),
    (Code.WRONG_TYPE, put("scores", 2, "text"), "/scores/2"),
    (Code.WRONG_TYPE, put("bids", "A", 5), "/bids/A"),
    (Code.WRONG_TYPE, put("scores", 0, "panel", 7), "/scores/0/panel"),
    (Code.WRONG_TYPE, put("scores", 0, "reason", None), "/scores/0/reason"),
    (Code.WRONG_TYPE, put(*METHOD, "panels", "parents", "counts", 1), "/method/panels/parents/counts"),
    (Code.NUMBER_FORMAT, put("scores", 0, "score", 4), "/scores/0/score"),
    (Code.NUMBER_FORMAT, put("scores", 0, "score", "٤"), "/scores/0/score"),
    (Code.NUMBER_FORMAT, put("scores", 0, "score", "4\n"), "/scores/0/score"),
    (Code.NUMBER_FORMAT, put("scores", 0, "score", "1e999"), "/scores/0/score"),
    (Code.NUMBER_FORMAT, put("scores", 0, "score", "NaN"), "/scores/0/score"),
    (Code.NUMBER_FORMAT, put("scores", 0, "score", "4" * 5000), "/scores/0/score"),
    (Code.NUMBER_FORMAT, put("bids", "A", "price", "1.0000000001"), "/bids/A/price"),
    (Code.NUMBER_FORMAT, put("bids", "A", "price", 118000.5), "/bids/A/price"),
    (Code.NUMBER_FORMAT, put("bids", "A", "price", "+5"), "/bids/A/price"),
    (
        Code.NUMBER_FORMAT,
        put(*METHOD, "panels", "young_people", "quorum", "2"),
        "/method/panels/young_people/quorum",
    ),
    (Code.NUMBER_FORMAT, put(*METHOD, "rounding", "places", True), "/method/rounding/places"),
    (Code.NUMBER_FORMAT, put(*METHOD, "rounding", "places", float("inf")), "/method/rounding/places"),
    (Code.TEXT, put("bids", " ", {"price": "5"}), "/bids"),
    (Code.TEXT, put("scores", 0, "member", ""), "/scores/0/member"),
    (Code.TEXT, put("scores", 0, "member", "y" * 201), "/scores/0/member"),
    (Code.TEXT, put("scores", 0, "reason", "\ud800"), "/scores/0/reason"),
    (
        Code.UNKNOWN_VALUE,
        put(*METHOD, "panels", "parents", "combine", "mode"),
        "/method/panels/parents/combine",
    ),
    (Code.UNKNOWN_VALUE, put(*SCALE, "normalise", "from_one"), "/method/scales/0-5/normalise"),
    (Code.UNKNOWN_VALUE, put(*METHOD, "rounding", "mode", "half_even"), "/method/rounding/mode"),
    (Code.UNKNOWN_VALUE, put(*METHOD, "ranking", "lowest_total"), "/method/ranking"),
    (Code.OUT_OF_RANGE, put(*METHOD, "rounding", "places", 10), "/method/rounding/places"),
    (Code.OUT_OF_RANGE, put(*METHOD, "winners", 0), "/method/winners"),
    (Code.OUT_OF_RANGE, put(*METHOD, "winners", 21), "/method/winners"),
    (Code.OUT_OF_RANGE, put(*METHOD, "panels", "parents", "quorum", 0), "/method/panels/parents/quorum"),
    (Code.SCALE_GRID, put(*SCALE, "step", "2"), "/method/scales/0-5"),
    (Code.SCALE_GRID, put(*SCALE, "step", "0"), "/method/scales/0-5"),
    (Code.SCALE_GRID, put(*SCALE, "maximum", "0"), "/method/scales/0-5"),
    (Code.SCALE_NORMALISE, put(*SCALE, "minimum", "-1"), "/method/scales/0-5/minimum"),
    (
        Code.SCALE_BANDS,
        put(*SCALE, "bands", [{"score": "6", "label": "Great", "descriptor": ""}]),
        "/method/scales/0-5/bands/0/score",
    ),
    (
        Code.QUORUM_NOT_ALLOWED,
        put(*METHOD, "panels", "professional", "quorum", 1),
        "/method/panels/professional/quorum",
    ),
    (Code.NO_CRITERIA, put(*CRITERIA, []), "/method/criteria"),
    (Code.CRITERION_KIND, put(*CRITERIA, 0, "price", {"formula": "min_max"}), "/method/criteria/0"),
    (Code.CRITERION_KIND, drop(*CRITERIA, 0, "scale"), "/method/criteria/0"),
    (Code.CRITERION_KIND, put(*CRITERIA, 2, "minimum", "1"), "/method/criteria/2"),
    (Code.DUPLICATE_ID, put(*CRITERIA, 1, "id", "safeguarding"), "/method/criteria/1/id"),
    (Code.RESERVED_ID, put(*CRITERIA, 0, "id", "lowest_price"), "/method/criteria/0/id"),
    (Code.TOO_DEEP, put(*CRITERIA, [DEEP]), "/method/criteria/0" + "/children/0" * 16),
    (Code.WEIGHTS_TOTAL, put(*CRITERIA, 0, "weight", "30.000000001"), "/method/criteria"),
    (Code.SHARES_TOTAL, put(*CRITERIA, 1, "panels", "professional", "61"), "/method/criteria/1/panels"),
    (Code.WEIGHT_SIGN, put(*CRITERIA, 0, "weight", "-30"), "/method/criteria/0/weight"),
    (Code.WEIGHT_SIGN, put(*CRITERIA, 0, "weight", "0"), "/method/criteria/0/weight"),
    (Code.WEIGHT_SIGN, put(*CRITERIA, 2, "weight", "0"), "/method/criteria/2/weight"),
    (
        Code.WEIGHT_SIGN,
        put(*CRITERIA, 1, "panels", {"professional": "100", "young_people": "0"}),
        "/method/criteria/1/panels/young_people",
    ),
    (Code.PILOT_COUNTS, put(*CRITERIA, 3, "weight", "1"), "/method/criteria/3/weight"),
    (
        Code.PILOT_COUNTS,
        put(*CRITERIA, 1, "panels", {"professional": "60", "parents": "40"}),
        "/method/criteria/1/panels/parents",
    ),
    (Code.MINIMUM_OFF_SCALE, put(*CRITERIA, 0, "minimum", "5.5"), "/method/criteria/0/minimum"),
    (Code.UNKNOWN_PANEL, put(*CRITERIA, 0, "panel", "police"), "/method/criteria/0/panel"),
    (Code.UNKNOWN_PANEL, put("scores", 0, "panel", "police"), "/scores/0/panel"),
    (Code.UNKNOWN_PANEL, put("recused", 0, "panel", "police"), "/recused/0/panel"),
    (Code.UNKNOWN_SCALE, put(*CRITERIA, 0, "scale", "1-9"), "/method/criteria/0/scale"),
    (Code.UNKNOWN_BID, put("scores", 0, "bid", "Z"), "/scores/0/bid"),
    (Code.UNKNOWN_CRITERION, put("scores", 0, "criterion", "colour"), "/scores/0/criterion"),
    (Code.PRICE_FORMULA, put(*PRICE, {"formula": "cheapest"}), "/method/criteria/2/price/formula"),
    (Code.PRICE_PARAMETERS, put(*PRICE, {"formula": "min_max", "floor": "1"}), "/method/criteria/2/price"),
    (Code.PRICE_PARAMETERS, put(*PRICE, {"formula": "benchmark", "floor": "1"}), "/method/criteria/2/price"),
    (
        Code.PRICE_PARAMETERS,
        put(*PRICE, {"formula": "benchmark", "floor": "9", "ceiling": "9"}),
        "/method/criteria/2/price",
    ),
    (
        Code.PRICE_PARAMETERS,
        put(*PRICE, {"formula": "banded", "bands": []}),
        "/method/criteria/2/price/bands",
    ),
    (
        Code.PRICE_PARAMETERS,
        put(*PRICE, {"formula": "banded", "bands": [["5", "80"], ["5", "60"]]}),
        "/method/criteria/2/price/bands/1",
    ),
    (
        Code.PRICE_PARAMETERS,
        put(*PRICE, {"formula": "banded", "bands": [["5", "80"], ["9", "90"]]}),
        "/method/criteria/2/price/bands/1",
    ),
    (
        Code.PRICE_PARAMETERS,
        put(*PRICE, {"formula": "banded", "bands": [["5", "101"]]}),
        "/method/criteria/2/price/bands/0",
    ),
    (
        Code.PRICE_PARAMETERS,
        put(*PRICE, {"formula": "banded", "bands": [["5"]]}),
        "/method/criteria/2/price/bands/0",
    ),
    (Code.RANKING_PRICE_LEAF, put(*METHOD, "ranking", "price_per_quality_point"), "/method/ranking"),
    (Code.TIE_BREAK, put(*METHOD, "tie_break", ["alphabet"]), "/method/tie_break/0"),
    (Code.TIE_BREAK, put(*METHOD, "tie_break", ["price", "price"]), "/method/tie_break/1"),
    (Code.TIE_BREAK, put(*METHOD, "tie_break", ["drawn_lot", "price"]), "/method/tie_break/1"),
    (Code.TIE_BREAK, put("drawn", ["A"]), "/drawn/0"),
    (Code.NO_BIDS, put("bids", {}), "/bids"),
    (Code.PRICE_MISSING, put("bids", "A", {}), "/bids/A"),
    (Code.PRICE_NOT_POSITIVE, put("bids", "A", "price", "0"), "/bids/A/price"),
    (Code.PRICE_NOT_POSITIVE, put("bids", "A", "price", "-1"), "/bids/A/price"),
    (Code.NOT_THIS_PANEL, put("scores", 0, "criterion", "safeguarding"), "/scores/0"),
    (Code.NOT_THIS_PANEL, put("scores", 0, "criterion", "price"), "/scores/0"),
    (
        Code.NOT_AGREED_PANEL,
        add("agreed", AGREED | {"panel": "young_people", "criterion": "outcomes"}),
        "/agreed/4/panel",
    ),
    (Code.SCORE_OFF_SCALE, put("scores", 0, "score", "6"), "/scores/0/score"),
    (Code.SCORE_OFF_SCALE, put("scores", 0, "score", "-1"), "/scores/0/score"),
    (Code.SCORE_OFF_STEP, put("agreed", 0, "score", "3.33"), "/agreed/0/score"),
    (Code.DUPLICATE_SCORE, add("scores", SCORE), "/scores/6"),
    (Code.DUPLICATE_SCORE, add("agreed", AGREED), "/agreed/4"),
    (Code.DUPLICATE_RECUSAL, add("recused", {"panel": "young_people", "member": "y9"}), "/recused/1"),
    (Code.MISSING_SCORE, drop("scores", 0), "/scores"),
    (Code.MISSING_SCORE, drop("scores", 4), "/scores"),
    (Code.MISSING_AGREED, drop("agreed", 0), "/agreed"),
    (Code.MISSING_AGREED, drop("agreed"), ""),
    (Code.MISSING_REASON, put("agreed", 0, "reason", " \t "), "/agreed/0"),
    (Code.MISSING_REASON, drop("agreed", 0, "reason"), "/agreed/0"),
    (Code.BELOW_QUORUM, put("recused", [{"panel": "young_people", "member": "y1"}]), "/scores"),
    (Code.BELOW_QUORUM, drop("scores"), ""),
    (
        Code.ZERO_TOTAL,
        both(
            put(*CRITERIA, [question("safeguarding", "100")]),
            put(*METHOD, "ranking", "price_per_quality_point"),
            put(*METHOD, "tie_break", []),
            put("scores", []),
            put("agreed", [AGREED | {"score": "0"}, AGREED | {"bid": "B"}]),
        ),
        "/bids/A",
    ),
]


@pytest.mark.parametrize(
    ("code", "change", "where"),
    REFUSALS,
    ids=[f"{code}-{index}" for index, (code, _, _) in enumerate(REFUSALS)],
)
def test_a_fault_is_refused_with_its_code_and_its_place(code, change, where):
    """One fault in a valid case is refused with the code of that fault and a pointer to it."""
    case = complete()
    change(case)
    with pytest.raises(InvalidCase) as refusal:
        evaluate(case)
    assert (refusal.value.code, refusal.value.where) == (code, where)


def test_every_code_of_a_value_has_a_case_here():
    """Every code is refused above, but those of files and bytes, which have tests of their own."""
    of_documents = {Code.NOT_READABLE, Code.NOT_UTF8, Code.NOT_JSON, Code.TOO_LARGE, Code.DUPLICATE_KEY}
    assert {code for code, _, _ in REFUSALS} | of_documents == set(Code)


def test_the_case_that_is_changed_above_is_valid():
    """The case that every refusal above starts from is evaluated without one."""
    assert [entry["bid"] for entry in evaluate(complete()).to_dict()["ranking"]] == ["A", "B"]


def test_reading_leaves_the_document_as_it_was():
    """Evaluating a document changes nothing in it."""
    case = complete()
    before = copy.deepcopy(case)
    evaluate(case)
    assert case == before


def test_a_method_alone_is_refused_with_a_place_in_itself():
    """A method that is validated before any bid exists is its own document for the pointer."""
    method = complete()["method"]
    method["criteria"][0]["weight"] = "31"
    with pytest.raises(InvalidCase) as refusal:
        validate_method(method)
    assert refusal.value.to_dict() == {
        "code": "weights_total",
        "message": "The weights total 101, not 100.",
        "where": "/criteria",
    }


def test_a_panel_without_a_criterion_is_allowed():
    """A counting panel that scores nothing gives no marks and blocks nothing."""
    case = complete()
    case["method"]["panels"]["officers"] = {"combine": "median", "quorum": 7}
    assert evaluate(case).to_dict()["ranking"][0]["panels"]["officers"] == "0.0000"


def test_a_group_of_zero_weight_is_refused():
    """A weight of 0 is only for a criterion that a pilot panel alone scores, not for a group of such."""
    method = complete()["method"]
    pilot = method["criteria"].pop()
    method["criteria"].append({"id": "pilots", "weight": "0", "children": [pilot]})
    with pytest.raises(InvalidCase) as refusal:
        validate_method(method)
    assert refusal.value.code in {Code.WEIGHT_SIGN, Code.WEIGHTS_TOTAL}
