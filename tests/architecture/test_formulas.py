"""A price formula is one class in one module: nothing else in the product knows it by name."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from portal.evaluation.explaining import Names, shown_steps
from portal.tendering.forms.method import FormulaForm
from portal.tendering.method_rules import inputs_of
from tender_scoring import diagnose, evaluate, explain
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.prices import FORMULAS, PriceField, PriceFormula, read_formula
from tests.architecture.source import ROOT


class Steep(PriceFormula):
    """Two percent of the marks for each percent above the lowest price."""

    __slots__ = ()
    name = "steep"
    title = "Steeply above the lowest"
    sentence = "Every 1% above the lowest price takes off 2% of the marks."
    note = "the marks less twice the percentage above the lowest"
    sum = "{worth} x max(0, 1 - 2 x ({price} - {lowest_price}) / {lowest_price})"
    compares = ("lowest",)

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """1 - 2 (p - m) / m, at least 0."""
        return max(Fraction(0), 3 - 2 * price / field.lowest)


CASE = {
    "method": {
        "scales": {},
        "panels": {},
        "criteria": [{"id": "price", "weight": "100", "price": {"formula": "steep"}}],
        "rounding": {"places": 0, "mode": "half_up"},
    },
    "bids": {"A": {"price": "100"}, "B": {"price": "120"}, "C": {"price": "200"}},
}


def sources() -> Iterator[tuple[str, str]]:
    """Every module and template of the product but the formulas' own module, with its text."""
    for package in ("portal", "worker", "templates", "tender_scoring"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and path != ROOT / "tender_scoring" / "prices.py":
                yield str(path.relative_to(ROOT)), path.read_text()


def test_no_other_module_names_a_formula() -> None:
    """What compares, shows or explains formulas asks their class (doctests aside, which state whole methods)."""
    named = {
        (place, name)
        for place, text in sources()
        for line in text.splitlines()
        if not line.lstrip().startswith(("...", ">>>"))
        for name in FORMULAS
        if f'"{name}"' in line or f"'{name}'" in line
    }
    assert named == set()


def test_every_formula_says_everything_about_itself() -> None:
    """Each has its words and every parameter a field, and each is offered in the order of the registry."""
    for formula in FORMULAS.values():
        assert all((formula.title, formula.sentence.endswith("."), formula.note, "{worth}" in formula.sum))
        assert {name for parameter in formula.parameters for name in inputs_of(parameter)} <= set(dir(FormulaForm))
    (choices,) = (field.kwargs["choices"] for name, field in FormulaForm.__dict__.items() if name == "formula")
    assert choices == [(formula.name, formula.title) for formula in FORMULAS.values()]


def test_a_new_formula_is_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once registered it scores, explains itself, is diagnosed and shown; nothing else had to learn of it."""
    monkeypatch.setitem(FORMULAS, Steep.name, Steep)
    result = evaluate(CASE)
    assert [(entry.bid, entry.total) for entry in result.ranking] == [("A", 100), ("B", 60), ("C", 0)]
    assert "B > price > marks = 100 x max(0, 1 - 2 x (120 - 100) / 100) = 60" in explain(result)
    found = diagnose(CASE)
    assert [entry.order_changes for entry in found.without_bid] == [False, False, False]
    assert [entry.first for entry in found.stability.bids] == [1000, 0, 0]
    names = Names({}, {"price": "Price"}, {}, {})
    shown = {step["id"]: step for step in shown_steps(result.to_dict()["steps"], names)}
    assert shown["B-price-marks"]["note"] == "The marks less twice the percentage above the lowest."


def test_an_unknown_formula_is_an_error_everywhere() -> None:
    """It is refused where a method is read, and a step or a stored method that names it is never zero marks."""
    with pytest.raises(InvalidCase) as refusal:
        read_formula({"formula": "steep"}, "")
    assert refusal.value.code == Code.PRICE_FORMULA
    step = {"id": "/A/price/marks", "rule": "steep", "inputs": {}, "exact": "1/1", "shown": "1"}
    with pytest.raises(KeyError):
        shown_steps([step], Names({}, {}, {}, {}))
