"""Drawing up the scales."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core.errors import InvalidInput, WrongState
from portal.tendering.models import InvitationToTender, Scale
from portal.tendering.scales import Meaning, add_scale, change_scale, describe_points, remove_scale
from portal.tendering.starting_points import StartingPoint
from tests.factories.tendering import draft_itt, make_commissioner, published_itt


def scores_of(scale: Scale) -> list[str]:
    """The points of a scale as text."""
    return [format(band.score.normalize(), "f") for band in sorted(scale.bands, key=lambda band: band.score)]


def add(itt: InvitationToTender, actor: object, minimum: str, maximum: str, step: str = "1") -> Scale:
    """Add a scale by its range."""
    return add_scale(
        itt=itt,
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
        step=Decimal(step),
        normalise="from_zero",
        actor=actor,  # type: ignore[arg-type]
    )


def test_a_scale_has_a_point_for_each_score(db_session: object) -> None:
    """Its key says its range, a second one of the same range another key, and its points wait for words."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    assert [add(itt, actor, "0", "3").key, add(itt, actor, "0", "3").key] == ["0-3", "0-3-2"]
    assert scores_of(itt.scales[0]) == ["0", "1", "2", "3"]
    assert {band.label for band in itt.scales[0].bands} == {""}


def test_describing_and_changing_keeps_the_words_of_what_stays(db_session: object) -> None:
    """A scale that is lengthened keeps its described points and asks for the new ones."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    scale = add(itt, actor, "0", "1")
    meanings = {Decimal(0): Meaning(" No ", "Nothing", "Bad"), Decimal(1): Meaning("Yes", "All", "Good")}
    describe_points(itt=itt, scale=scale, meanings=meanings, actor=actor)
    change_scale(
        itt=itt,
        scale=scale,
        minimum=Decimal(0),
        maximum=Decimal(2),
        step=Decimal(1),
        normalise="from_minimum",
        actor=actor,
    )
    words = [(band.label, band.descriptor, band.plain_words) for band in sorted(scale.bands, key=lambda b: b.score)]
    assert words == [("No", "Nothing", "Bad"), ("Yes", "All", "Good"), ("", "", "")]
    assert (scale.key, scale.normalise) == ("0-2", "from_minimum")
    change_scale(
        itt=itt,
        scale=scale,
        minimum=Decimal(1),
        maximum=Decimal(2),
        step=Decimal("0.5"),
        normalise="from_zero",
        actor=actor,
    )
    assert scores_of(scale) == ["1", "1.5", "2"]


def test_a_wrong_range_or_rule_is_refused(db_session: object) -> None:
    """Beside the field, and no scale is added."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    with pytest.raises(InvalidInput) as refused:
        add(itt, actor, "0", "5", "2")
    assert refused.value.field == "step"
    with pytest.raises(InvalidInput) as refused:
        add_scale(itt=itt, minimum=Decimal(0), maximum=Decimal(5), step=Decimal(1), normalise="by_feel", actor=actor)
    assert refused.value.field == "normalise"
    assert itt.scales == []


def test_a_scale_in_use_stays(db_session: object) -> None:
    """It goes only when no criterion is scored on it."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    with pytest.raises(InvalidInput, match="is scored on this scale"):
        remove_scale(itt=itt, scale=itt.scales[0], actor=actor)
    spare = add(itt, actor, "1", "9")
    remove_scale(itt=itt, scale=spare, actor=actor)
    assert [scale.key for scale in itt.scales] == ["0-5"]


def test_published_scales_stay(db_session: object) -> None:
    """Nothing about a scale changes after publication."""
    actor = make_commissioner()
    itt = published_itt(actor=actor)
    with pytest.raises(WrongState):
        add(itt, actor, "0", "3")
    with pytest.raises(WrongState):
        describe_points(itt=itt, scale=itt.scales[0], meanings={}, actor=actor)
    with pytest.raises(WrongState):
        remove_scale(itt=itt, scale=itt.scales[0], actor=actor)
