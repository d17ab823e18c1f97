"""What the frozen method says about panels and scales."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core.errors import InvalidInput
from portal.evaluation.published_method import Point, points, read_score, scored_keys, scored_leaves
from portal.tendering.models import Scale, ScaleBand

METHOD = {
    "criteria": [
        {
            "id": "quality",
            "weight": "70",
            "children": [
                {"id": "safety", "weight": "60", "panel": "local", "scale": "s"},
                {"id": "voice", "weight": "40", "panels": {"local": "60", "young": "40"}, "scale": "s"},
            ],
        },
        {"id": "price", "weight": "30", "price": {"formula": "lowest_relative"}},
        {"id": "welcome", "weight": "0", "panel": "young", "scale": "s"},
    ]
}


def scale(minimum: str, maximum: str, step: str) -> Scale:
    """A scale with one described point, the lowest."""
    made = Scale(minimum=Decimal(minimum), maximum=Decimal(maximum), step=Decimal(step))
    made.bands = [
        ScaleBand(score=Decimal(minimum), label="Low", descriptor="Nothing.", plain_words="Not good. At all.")
    ]
    return made


def test_each_panel_scores_its_leaves_in_tree_order() -> None:
    """Shared leaves belong to both panels; headings and prices to none."""
    assert list(scored_leaves(METHOD)) == [
        ("safety", frozenset({"local"})),
        ("voice", frozenset({"local", "young"})),
        ("welcome", frozenset({"young"})),
    ]
    assert scored_keys(METHOD, "young") == ["voice", "welcome"]
    assert scored_keys(METHOD, "parents") == []


def test_the_points_of_a_scale_are_its_whole_grid() -> None:
    """Every point from the lowest to the highest, described where the method describes it."""
    assert points(scale("1.000", "2.000", "0.500")) == [
        Point(Decimal(1), "Low", "Nothing.", "Not good. At all."),
        Point(Decimal("1.5"), "", "", ""),
        Point(Decimal(2), "", "", ""),
    ]
    assert [str(point.score) for point in points(scale("0", "100.000", "50"))] == ["0", "50", "100"]


def test_plain_words_are_a_headline_and_the_rest() -> None:
    """The first sentence is printed large; without plain words the label stands there."""
    point = points(scale("0", "1", "1"))[0]
    assert (point.plain_label, point.plain_meaning) == ("Not good", "At all.")
    assert (Point(Decimal(0), "Low", "x", "").plain_label, Point(Decimal(0), "L", "x", "One.").plain_label) == (
        "Low",
        "One",
    )


@pytest.mark.parametrize(("label", "headline"), [("Weak", "Weak"), ("Weak in most of what was asked", "")])
def test_a_long_first_sentence_is_no_headline(label: str, headline: str) -> None:
    """What does not fit under a face stands whole below the faces; the label is under it where that is short."""
    words = "Some of it is there, but big things are missing. They may not know."
    point = Point(Decimal(2), label, "x", words)
    assert (point.plain_label, point.plain_meaning) == (headline, words)


@pytest.mark.parametrize(("typed", "read"), [("1", "1"), ("1.5", "1.5"), ("2.000", "2"), (" 1", "1")])
def test_a_point_is_read_however_it_is_written(typed: str, read: str) -> None:
    """The number counts, not its zeros."""
    assert str(read_score(typed.strip(), scale("1", "2", "0.5"), field="score")) == read


@pytest.mark.parametrize("typed", ["0.5", "2.5", "1.25", "", "one", "1,5", "NaN", "-Infinity"])
def test_what_is_no_point_is_refused(typed: str) -> None:
    """The message names the scale."""
    with pytest.raises(InvalidInput, match=r"1 to 2 in steps of 0\.5"):
        read_score(typed, scale("1", "2", "0.5"), field="score")
