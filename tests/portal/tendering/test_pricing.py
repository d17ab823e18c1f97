"""How the price earns its marks, and what decides a tie."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from portal.core.errors import InvalidInput, WrongState
from portal.tendering.criteria import remove_criterion
from portal.tendering.price_examples import example_of
from portal.tendering.pricing import set_price, set_tie_break
from portal.tendering.starting_points import StartingPoint
from portal.tendering.tree import price_criterion
from tender_scoring.prices import FORMULAS
from tests.factories.tendering import criterion_named, draft_itt, make_commissioner, published_itt

RELATIVE: list[dict[str, Any]] = [
    {"formula": "lowest_relative"},
    {"formula": "percentage_deviation"},
    {"formula": "min_max"},
    {"formula": "mean_relative"},
    {"formula": "banded", "bands": [["5", "100"], ["15", "80"], ["50", "10"]]},
]


def test_the_formula_that_compares_nothing_comes_first() -> None:
    """It is offered before the others, and it is the only one of its kind."""
    assert [name for name, formula in FORMULAS.items() if not formula.compares] == [next(iter(FORMULAS))]


def test_the_price_is_added_once(db_session: object) -> None:
    """The first time adds a criterion at the top without weight, later times change its formula."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    price = set_price(itt=itt, formula={"formula": "lowest_relative"}, actor=actor)
    assert (price.key, price.weight, price.parent_id) == ("price", 0, None)
    set_price(itt=itt, formula={"formula": "min_max"}, weight=Decimal(25), actor=actor)
    assert (len(itt.criteria), price.price_formula, price.weight) == (1, {"formula": "min_max"}, 25)


def test_a_wrong_formula_is_refused(db_session: object) -> None:
    """The saved formula stays."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    with pytest.raises(InvalidInput):
        set_price(itt=itt, formula={"formula": "benchmark", "floor": "5", "ceiling": "4"}, actor=actor)
    assert criterion_named(itt, "price").price_formula == {
        "formula": "benchmark",
        "floor": "180000",
        "ceiling": "240000",
    }


def test_the_example_follows_the_formula(db_session: object) -> None:
    """Floor, middle, ceiling, and one above the ceiling, which is ruled out."""
    rows = [(row.price, row.marks) for row in example_of(draft_itt().lots[0])]
    assert rows == [(180000, 20), (210000, 10), (240000, 0), (241000, None)]


@pytest.mark.parametrize("formula", RELATIVE, ids=lambda formula: str(formula["formula"]))
def test_relative_formulas_have_examples_too(db_session: object, formula: dict[str, Any]) -> None:
    """Four prices, the lowest with the most marks, and marks never above the price's weight."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    set_price(itt=itt, formula=formula, actor=actor)
    rows = example_of(itt.lots[0])
    marks = [row.marks or Fraction(0) for row in rows]
    assert [row.price for row in rows] == [168000, 192000, 216000, 240000]
    assert marks == sorted(marks, reverse=True)
    assert marks[0] <= 20
    if formula["formula"] == "lowest_relative":
        assert marks == [20, Fraction(35, 2), Fraction(140, 9), 14]


def test_no_price_has_no_example(db_session: object) -> None:
    """Nor has an incomplete one."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    criterion_named(itt, "price").price_formula = {"formula": "benchmark"}
    assert example_of(itt.lots[0]) == []
    remove_criterion(itt=itt, criterion=criterion_named(itt, "price"), actor=actor)
    assert (price_criterion(itt), example_of(itt.lots[0])) == (None, [])


def test_a_floor_of_nothing_still_has_an_example(db_session: object) -> None:
    """A made-up price is above zero."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    set_price(itt=itt, formula={"formula": "benchmark", "floor": "0", "ceiling": "100000"}, actor=actor)
    assert [row.price for row in example_of(itt.lots[0])] == [25000, 62500, 100000, 101000]


def test_a_tie_break_is_saved_in_order(db_session: object) -> None:
    """Criteria and the lowest price; a name of nothing is refused."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    set_tie_break(itt=itt, names=["lowest_price", "welcome"], actor=actor)
    assert itt.tie_break == ["lowest_price", "welcome"]
    with pytest.raises(InvalidInput) as refused:
        set_tie_break(itt=itt, names=["first-in"], actor=actor)
    assert refused.value.field == "tie_break"


def test_published_price_and_tie_break_stay(db_session: object) -> None:
    """Both are fixed after publication."""
    actor = make_commissioner()
    itt = published_itt(actor=actor)
    with pytest.raises(WrongState):
        set_price(itt=itt, formula={"formula": "min_max"}, actor=actor)
    with pytest.raises(WrongState):
        set_tie_break(itt=itt, names=["lowest_price"], actor=actor)
