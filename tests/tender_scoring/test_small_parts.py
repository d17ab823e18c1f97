"""Weights, hashes, explanations and the documentation's own examples."""

import doctest
import importlib
import pkgutil
from fractions import Fraction

import pytest

import tender_scoring
from tender_scoring import effective_weights, evaluate, explain, method_hash, validate_method
from tests.tender_scoring.cases import complete, method, price, question

MODULES = [f"tender_scoring.{module.name}" for module in pkgutil.iter_modules(tender_scoring.__path__)]


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
def test_the_examples_in_the_documentation_run(name):
    """Every example in a docstring gives what it says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_public_names_are_exactly_those_listed():
    """The package exports what __all__ lists, each name once and in order."""
    names = tender_scoring.__all__
    assert sorted(set(names), key=str.casefold) == sorted(names, key=str.casefold)
    assert all(hasattr(tender_scoring, name) for name in names)


def test_the_hash_does_not_depend_on_how_a_method_is_written():
    """Superfluous zeros, the order of keys and defaults written out make no difference."""
    plain = complete()["method"]
    other = complete()["method"]
    other["criteria"][0]["weight"] = "30.000"
    other["scales"] = {"0-5": {"step": "1.0", "normalise": "from_zero", "maximum": "5.00", "minimum": "-0"}}
    other["panels"]["professional"]["counts"] = True
    other["panels"]["parents"] = {"counts": False, "quorum": 1, "combine": "mean"}
    assert method_hash(other) == method_hash(plain) == method_hash(validate_method(plain))
    assert evaluate(complete()).method_hash == method_hash(plain)


def test_one_winner_is_what_a_method_means_that_names_no_number() -> None:
    """It has the same fingerprint; two winners have another, and the same ranks."""
    case = complete()
    one, two = ({**case["method"], "winners": number} for number in (1, 2))
    assert method_hash(one) == method_hash(case["method"]) != method_hash(two)
    assert evaluate({**case, "method": two}).ranking == evaluate(case).ranking


@pytest.mark.parametrize(
    "change",
    [
        lambda stated: stated["criteria"].reverse(),
        lambda stated: stated["criteria"][0].update(minimum="3.5"),
        lambda stated: stated["rounding"].update(places=3),
        lambda stated: stated["tie_break"].reverse(),
        lambda stated: stated["panels"]["young_people"].update(quorum=1),
        lambda stated: stated["scales"]["0-5"].update(normalise="from_minimum"),
        lambda stated: stated["scales"]["0-5"].update(bands=[{"score": "5", "label": "Great", "descriptor": ""}]),
    ],
    ids=["order", "minimum", "places", "tie-break", "quorum", "normalise", "bands"],
)
def test_the_hash_changes_with_the_method(change):
    """Whatever bidders could have relied on is in the hash, the order of lists included."""
    stated = complete()["method"]
    change(stated)
    assert method_hash(stated) != method_hash(complete()["method"])


def test_a_stated_method_reads_back_as_itself():
    """A method's own JSON values state the same method again."""
    stated = validate_method(complete()["method"])
    assert validate_method(stated.to_dict()) == stated


def test_every_mark_has_an_owner():
    """The effective weights of a method total 100, nested groups multiplied out."""
    stated = method(
        {
            "id": "quality",
            "weight": "60",
            "children": [question("a", "35"), question("b", "65", "young_people")],
        },
        price("40"),
        question("pilot", "0", "parents"),
    )
    weights = effective_weights(stated)
    assert [(weight.criterion, weight.panel, weight.marks) for weight in weights] == [
        ("a", "professional", Fraction(21)),
        ("b", "young_people", Fraction(39)),
        ("price", None, Fraction(40)),
        ("pilot", "parents", Fraction(0)),
    ]


def test_forty_per_cent_is_of_the_total_or_of_quality():
    """40% young people is 40 marks in one tree and 28 in the other, and the table of weights says which."""

    def young(stated):
        return sum(weight.marks for weight in effective_weights(stated) if weight.panel == "young_people")

    of_total = method(question("a", "30"), question("b", "40", "young_people"), price("30"))
    shared = {
        "id": "q",
        "weight": "70",
        "panels": {"professional": "60", "young_people": "40"},
        "scale": "0-5",
    }
    assert (young(of_total), young(method(shared, price("30")))) == (40, 28)


def test_an_explanation_writes_every_sum_out():
    """The text has the outcome and one line for each step, with the sum and its result."""
    result = evaluate(complete())
    lines = explain(result).splitlines()
    assert len(lines) - lines.index("Steps, in the order of the method:") - 1 == len(result.steps)
    assert "1. A: 84.4000 marks" in lines
    assert "A > outcomes > young_people > combined = (4 + 3) / 2 = 3.5000" in lines
    assert "B > price > marks = 30 x 118000 / 125000 = 28.3200" in lines
