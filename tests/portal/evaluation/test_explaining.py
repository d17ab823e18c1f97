"""The engine's steps and diagnostics in words."""

from __future__ import annotations

import pytest

from portal.evaluation.explaining import (
    Names,
    eliminated_in_words,
    flips_in_words,
    readable,
    reasons_in_words,
    severity_in_words,
    share,
    shown_steps,
    spread_in_words,
)
from tender_scoring import diagnose, evaluate

NAMES = Names({"A": "Provider 1", "B": "Provider 2"}, {"safe": "Safety"}, {"local": "Local panel"}, {"m-1": "Blue Fox"})
CASE = {
    "method": {
        "scales": {"0-5": {"minimum": "0", "maximum": "5"}},
        "panels": {"local": {"combine": "agreed"}},
        "criteria": [
            {"id": "safe", "weight": "60", "panel": "local", "scale": "0-5", "minimum": "3"},
            {"id": "price", "weight": "40", "price": {"formula": "benchmark", "floor": "10", "ceiling": "20"}},
        ],
        "rounding": {"places": 4, "mode": "half_up"},
    },
    "bids": {"A": {"price": "15"}, "B": {"price": "15"}},
    "agreed": [
        {"panel": "local", "bid": "A", "criterion": "safe", "score": "4", "reason": "The one reason there is."},
        {"panel": "local", "bid": "B", "criterion": "safe", "score": "3", "reason": "The other reason there is."},
    ],
    "scores": [{"panel": "local", "member": "m-1", "bid": "A", "criterion": "safe", "score": "5", "reason": "x"}],
}


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("4/5", "0.8"),
        ("293/150", "1.953333…"),
        ("-1/3", "-0.333333…"),
        ("240000/1", "240000"),
        ("0/1", "0"),
        ("-1/4", "-0.25"),
    ],
)
def test_exact_figures_read_as_decimals_where_they_end(exact: str, shown: str) -> None:
    """A figure that never ends says that there is more of it."""
    assert readable(exact) == shown


def test_a_total_is_followed_from_the_scores_in_words() -> None:
    """Titles for keys, aliases for members, and the rule behind each figure."""
    steps = [step for step in evaluate(CASE).to_dict()["steps"] if step["id"].startswith("/A/")]
    shown = shown_steps(steps, NAMES)
    assert shown[0] == {
        "id": "A-safe-local-combined",
        "whose": "A",
        "rule": "Safety, Local panel: score",
        "note": "The score that the panel agreed. It reaches the published minimum of 3.",
        "inputs": [{"label": "agreed score", "value": "4"}, {"label": "Blue Fox gave", "value": "5"}],
        "exact": "",
        "shown": "4",
    }
    assert [step["rule"] for step in shown][-1] == "Total"
    assert shown[-1]["shown"] == "68"
    price = next(step for step in shown if step["id"] == "A-price-marks")
    assert price["note"].endswith(". The price is not above the published ceiling of £20.")


def test_a_limit_that_was_missed_is_a_step_of_its_own() -> None:
    """Below a minimum and above a ceiling a step says by how much; where they were kept there is none."""
    case = {
        **CASE,
        "bids": {"A": {"price": "15"}, "B": {"price": "21"}},
        "agreed": [{**entry, "score": "2"} if entry["bid"] == "A" else entry for entry in CASE["agreed"]],
    }
    shown = shown_steps(evaluate(case).to_dict()["steps"], NAMES)
    limits = [(step["rule"], step["shown"]) for step in shown if "against" in step["rule"]]
    assert limits == [("Safety, Local panel: against the minimum", "-1"), ("price: against the ceiling", "-1")]


def test_a_figure_that_never_ends_has_its_fraction_beside_it() -> None:
    """Whoever works it out again loses nothing: the fraction is there, and nowhere else."""
    case = {**CASE, "bids": {"A": {"price": "13"}, "B": {"price": "13"}}}
    case = {**case, "method": {**CASE["method"], "scales": {"0-5": {"minimum": "0", "maximum": "7"}}}}
    shown = {step["id"]: step for step in shown_steps(evaluate(case).to_dict()["steps"], NAMES)}
    assert shown["A-safe-local-normalised"]["exact"] == "4/7"
    assert shown["A-safe-marks"]["inputs"][0]["value"] == "0.571428…"
    assert shown["A-price-marks"]["exact"] == ""


def test_scores_that_decide_alone_are_whole_sentences() -> None:
    """Each says whose score, from what to what, and what would follow."""
    said = diagnose(CASE).to_dict()
    assert "Provider 2, “Safety”, Local panel: 2 instead of 3 would rule Provider 2 out." in flips_in_words(
        said, NAMES, 9
    )


@pytest.mark.parametrize(
    ("winners", "words"),
    [
        (["A", "C"], "would give C a place instead of Provider 2."),
        (["A", "B", "C"], "would tie C for a place."),
        (["A"], "would leave Provider 2 without a place."),
    ],
)
def test_of_several_places_it_is_told_who_is_in(winners: list[str], words: str) -> None:
    """Who would have a place and who would not; who of the chosen is first changes nothing."""
    moved = {"bid": "B", "criterion": "safe", "panel": "local", "score": "3", "moved": "2", "effect": "changes_winner"}
    said = {"places": 2, "winners": ["A", "B"], "single_steps": [moved | {"winners": winners}]}
    assert flips_in_words(said, NAMES, 9) == [f"Provider 2, “Safety”, Local panel: 2 instead of 3 {words}"]


def test_eliminations_and_shares_are_in_words() -> None:
    """A minimum, a ceiling, a share of the marks, and a share that never decides."""
    low = {"bid": "A", "criterion": "safe", "panel": "local", "score": "2.0000", "minimum": "3.0000"}
    assert eliminated_in_words(low, NAMES) == "Local panel: 2 for “Safety”; the published minimum is 3."
    dear = {"bid": "A", "criterion": "price", "price": "240000.5000", "ceiling": "240000.0000"}
    assert eliminated_in_words(dear, NAMES) == "Its price, £240,000.50, is above the ceiling of £240,000."
    assert (share({"exact": "2/5"}), share({"exact": "1/3"}), share(None)) == ("40%", "33.3%", "never")


@pytest.mark.parametrize(
    ("exact", "words"),
    [
        ("1/25", "4% of the scale higher"),
        ("-1/8", "12.5% of the scale lower"),
        ("0", "The same on average"),
        (None, "Nobody to compare with"),
    ],
)
def test_severity_in_words(exact: str | None, words: str) -> None:
    """A member's distance from the rest of the panel is told in hundredths of the scale, with its direction."""
    assert severity_in_words(None if exact is None else {"exact": exact}) == words


@pytest.mark.parametrize(("spread", "words"), [("0.0000", "All the same"), ("0.2000", "20% of the scale")])
def test_spread_in_words(spread: str, words: str) -> None:
    """Scores that are all the same are called so."""
    assert spread_in_words(spread) == words


def test_reasons_in_words() -> None:
    """Reasons that are missing, short or the scale's own words do not count."""
    assert reasons_in_words({"scores": 9, "missing": 1, "short": 1, "like_descriptor": 1}) == "6 of 9"
    assert reasons_in_words(None) == "None given"
