"""The one state machine."""

from __future__ import annotations

from enum import StrEnum

import pytest

from portal.core.errors import WrongState
from portal.core.lifecycle import Lifecycle, words


class Light(StrEnum):
    """Three states."""

    RED = "red"
    RED_AMBER = "red_amber"
    GREEN = "green"


LIGHT = Lifecycle("light", {Light.RED: frozenset({Light.RED_AMBER}), Light.RED_AMBER: frozenset({Light.GREEN})})


@pytest.mark.parametrize("state", list(Light))
@pytest.mark.parametrize("to", list(Light))
def test_only_the_moves_of_the_table_exist(state: Light, to: Light) -> None:
    """Every other move is refused, staying where one is included."""
    exists = (state, to) in {(Light.RED, Light.RED_AMBER), (Light.RED_AMBER, Light.GREEN)}
    assert LIGHT.can(state, to) is exists
    if exists:
        assert LIGHT.move(state, to) is to
    else:
        with pytest.raises(WrongState, match=f"This light is {words(state)}, so it cannot become {words(to)}"):
            LIGHT.move(state, to)


def test_a_state_is_said_in_words() -> None:
    """Without underscores and capitals."""
    assert words(Light.RED_AMBER) == "red amber"
