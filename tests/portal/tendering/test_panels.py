"""Drawing up the panels."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.errors import InvalidInput, WrongState
from portal.tendering.panels import MOST_PANELS, add_panel, change_panel, remove_panel
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import Combination, PanelKind
from portal.tendering.weighing import share_faults
from tests.factories.tendering import (
    criterion_named,
    draft_itt,
    make_commissioner,
    panel_named,
    published_itt,
)


def described(**changes: Any) -> dict[str, Any]:
    """A panel as the form describes it."""
    return {
        "name": "Young people’s panel",
        "kind": PanelKind.YOUNG_PEOPLE,
        "combine": Combination.AGREED,
        "counts": True,
        "quorum": None,
    } | changes


def test_panels_are_added_in_order(db_session: object) -> None:
    """Each gets a key from its name and the next place; an agreed panel has no quorum of its own."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    add_panel(itt=itt, **described(), actor=actor)
    add_panel(itt=itt, **described(name="Staff", kind=PanelKind.LOCAL, combine=Combination.MEAN, quorum=3), actor=actor)
    assert [(panel.key, panel.position, panel.quorum) for panel in itt.panels] == [
        ("young-peoples-panel", 1, 1),
        ("staff", 2, 3),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "LOCAL panel"}, "name"),
        ({"combine": Combination.MEAN, "quorum": None}, "quorum"),
        ({"combine": Combination.MEDIAN, "quorum": 0}, "quorum"),
        ({"combine": Combination.MEDIAN, "quorum": 201}, "quorum"),
    ],
)
def test_a_panel_that_does_not_work_is_refused(db_session: object, changes: dict[str, Any], field: str) -> None:
    """A name, a new one, and a quorum where scores are averaged."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    with pytest.raises(InvalidInput) as refused:
        add_panel(itt=itt, **described(name="Other") | changes, actor=actor)
    assert refused.value.field == field
    assert len(itt.panels) == 3


def test_there_are_at_most_six_panels(db_session: object) -> None:
    """Charts tell six apart."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    for number in range(MOST_PANELS - 3):
        add_panel(itt=itt, **described(name=f"Panel {number}"), actor=actor)
    with pytest.raises(InvalidInput, match="at most 6 panels"):
        add_panel(itt=itt, **described(name="One more"), actor=actor)


def test_a_changed_panel_keeps_its_key_and_shares(db_session: object) -> None:
    """Renaming it and averaging its scores changes nothing else."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    panel = panel_named(itt, "young-people")
    change_panel(
        itt=itt,
        panel=panel,
        **described(name="Youth council", combine=Combination.MEDIAN, quorum=5),
        actor=actor,
    )
    assert (panel.key, panel.name, panel.combine, panel.quorum) == (
        "young-people",
        "Youth council",
        Combination.MEDIAN,
        5,
    )
    assert share_faults(itt) == {}


def test_a_removed_panel_takes_its_shares_with_it(db_session: object) -> None:
    """What it scored is without a panel afterwards, and says so."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    remove_panel(itt=itt, panel=panel_named(itt, "parents"), actor=actor)
    assert [panel.key for panel in itt.panels] == ["local", "young-people"]
    assert set(share_faults(itt)) == {criterion_named(itt, "parents-view").id}


def test_published_panels_stay(db_session: object) -> None:
    """No panel is added, changed or removed after publication."""
    actor = make_commissioner()
    itt = published_itt(actor=actor)
    panel = panel_named(itt, "local")
    with pytest.raises(WrongState):
        add_panel(itt=itt, **described(name="Late"), actor=actor)
    with pytest.raises(WrongState):
        change_panel(itt=itt, panel=panel, **described(name="Late"), actor=actor)
    with pytest.raises(WrongState):
        remove_panel(itt=itt, panel=panel, actor=actor)
