"""The method in the scoring engine's format."""

from __future__ import annotations

from decimal import Decimal

from portal.core.numbers import plain
from portal.tendering.method import method_of
from portal.tendering.models import PanelShare
from portal.tendering.states import Combination
from tender_scoring import effective_weights, validate_method
from tests.factories.tendering import criterion_named, draft_itt, panel_named


def test_the_example_is_written_down_whole(db_session: object) -> None:
    """Scales with descriptors, panels, the tree with its weights, price, rounding and tie-break are all there."""
    itt = draft_itt()
    method = method_of(itt)
    assert method["panels"] == {
        "local": {"combine": "agreed", "counts": True},
        "young-people": {"combine": "agreed", "counts": True},
        "parents": {"combine": "agreed", "counts": True},
    }
    assert [(node["id"], node["weight"]) for node in method["criteria"]] == [
        ("service", "30"),
        ("young-people", "40"),
        ("parents-view", "10"),
        ("price", "20"),
    ]
    assert method["criteria"][0]["children"][0] == {
        "id": "safeguarding",
        "weight": "40",
        "panel": "local",
        "scale": "0-5",
        "minimum": "3",
    }
    assert method["criteria"][3]["price"] == {"formula": "benchmark", "floor": "180000", "ceiling": "240000"}
    scale = method["scales"]["0-5"]
    assert (scale["minimum"], scale["maximum"], scale["step"], scale["normalise"]) == ("0", "5", "1", "from_zero")
    assert [band["score"] for band in scale["bands"]] == ["0", "1", "2", "3", "4", "5"]
    assert method["rounding"] == {"places": 4, "mode": "half_up"}
    assert method["tie_break"] == ["young-people", "safeguarding", "lowest_price", "drawn_lot"]


def test_young_people_give_40_of_the_total(db_session: object) -> None:
    """In the engine's own words the example's young people give 40 of all 100 marks, and the whole is 100."""
    weights = effective_weights(method_of(draft_itt()))
    by_panel: dict[str | None, int] = {}
    for weight in weights:
        by_panel[weight.panel] = by_panel.get(weight.panel, 0) + int(weight.marks * 10)
    assert by_panel == {"local": 300, "young-people": 400, "parents": 100, None: 200}


def test_shared_criteria_and_quorums_are_stated(db_session: object) -> None:
    """A criterion of two panels names both shares, and a panel that takes the mean states its quorum."""
    itt = draft_itt()
    node, young = criterion_named(itt, "outcomes"), panel_named(itt, "young-people")
    node.shares[0].share = Decimal("62.5")
    node.shares.append(PanelShare(panel=young, panel_id=young.id, share=Decimal("37.5")))
    young.combine, young.quorum = Combination.MEAN, 3
    method = method_of(itt)
    validate_method(method)
    assert method["criteria"][0]["children"][1]["panels"] == {"local": "62.5", "young-people": "37.5"}
    assert method["panels"]["young-people"] == {"combine": "mean", "counts": True, "quorum": 3}


def test_numbers_are_written_shortest() -> None:
    """No superfluous zeros and no exponents."""
    given = ["100.0000", "2.500", "0", "0.05", "240000.00"]
    assert [plain(Decimal(text)) for text in given] == ["100", "2.5", "0", "0.05", "240000"]
